import { z } from 'zod';
import type { StepContext } from '../../dsl/context.js';
import { misuse } from '../../dsl/misuse.js';
import { codeNamesIn, type Quoted, quote, resolveBinding } from '../../plan/binding.js';
import { FailureType, isPawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import type { StepNode } from '../../plan/plan.js';
import type { Fault } from '../../plan/protocol.js';
import { callStepFunction } from '../../worker/steps/call-step.js';
import { decodeValue } from '../../worker/steps/values.js';
import type { Frame } from '../../workflows/frame.js';
import { unquoteInline } from '../../workflows/inline-value.js';
import { StepRejection } from '../step-rejection.js';
import { type FaultPolicy, rejected } from './endings.js';
import { lightContext, nodeContext } from './node-context.js';
import type { RunParts } from './run-parts.js';
import { secretsFor } from './run-secrets.js';
import type { TestedStep } from './stub-table.js';

/** Runs a step until it has an output. Undefined when it stays held. */
export async function runStep(
  node: StepNode,
  frame: Frame,
  parts: RunParts,
  faults: FaultPolicy,
): Promise<Quoted | undefined> {
  const id = frame.rename(node.id);
  const input = resolveBinding(node.input, frame);
  const tested = parts.stubs.find(id, node);
  const work: StepWork = { id, node, input, tested, parts };
  const { table } = parts;
  for (let light = node.options.light; ; light = false) {
    table.begin(id, node);
    table.note(id, { step: node.step, input: unquoteInline(input), ...(tested.stubbed && { stubbed: true }) });
    const result = await (light ? tryOnce(work, lightContext) : tryAll(work));
    if ('output' in result) {
      const output = quote(result.output);
      table.done(id, output);
      return output;
    }
    // A light step that does not work out goes through the task queue.
    if (light) continue;
    const decision = faults.hold(result.fault);
    if (decision === 'held') return undefined;
    if (decision !== 'retry') return giveOutput(work, decision.skip);
  }
}

/** An operator's output in place of the step's. @throws Misuse when it does not fit. */
async function giveOutput({ id, tested, parts }: StepWork, value: unknown): Promise<Quoted> {
  const { output: schema } = tested.step.declaration;
  const parsed = await schema.safeParseAsync(value);
  if (!parsed.success) {
    const message = `what the option "onHeld" gives for "${id}" does not match its output:\n${z.prettifyError(parsed.error)}`;
    throw misuse(message, 'Give what the step would put out.');
  }
  const output = quote((await schema.encodeAsync(parsed.data)) as Json);
  parts.table.done(id, output);
  return output;
}

interface StepWork {
  readonly id: string;
  readonly node: StepNode;
  readonly input: Quoted;
  readonly tested: TestedStep;
  readonly parts: RunParts;
}

type Attempt = { readonly output: Json } | { readonly fault: Fault; readonly again: boolean };

/** As many attempts as the step has, without the pauses between them. */
async function tryAll(work: StepWork): Promise<Attempt> {
  const { attempts } = work.node.options.retry;
  for (let failures = 1; ; failures += 1) {
    const result = await tryOnce(work, nodeContext);
    if ('output' in result || !result.again || failures >= attempts) return result;
  }
}

/** @throws RunStopped when the step rejects the run; Misuse for a secret that the test does not give. */
async function tryOnce(work: StepWork, contextOf: typeof nodeContext): Promise<Attempt> {
  const { id, input, parts } = work;
  const secrets = secretsFor(input, parts.options.secrets);
  parts.table.called(id);
  try {
    return { output: await callInTime(work, contextOf, secrets) };
  } catch (error) {
    if (error instanceof StepRejection) {
      parts.table.done(id);
      throw rejected(quote({ reason: secrets.hide(error.reason), details: error.details }));
    }
    const pawl = isPawlError(error) ? error : undefined;
    const message = secrets.hide(error instanceof Error ? error.message : String(error));
    const fault = { node: id, type: pawl?.type ?? FailureType.StepFailed, message, hint: pawl?.hint ?? null };
    return { fault, again: pawl?.retryable ?? true };
  }
}

async function callInTime(
  work: StepWork,
  contextOf: typeof nodeContext,
  secrets: ReturnType<typeof secretsFor>,
): Promise<Json> {
  const { timeoutMs } = work.node.options;
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => {
        const error = new TooLate(`no attempt finished in time: the step's timeout is ${timeoutMs} ms`);
        stop.abort(error);
        reject(error);
      },
      Math.min(timeoutMs, LONGEST_TIMER_MS),
    );
  });
  try {
    return await Promise.race([call(work, contextOf(work.id, work.parts, stop.signal), secrets), late]);
  } finally {
    clearTimeout(timer);
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

class TooLate extends Error {}

async function call(
  { id, node, input, tested, parts }: StepWork,
  context: StepContext,
  secrets: ReturnType<typeof secretsFor>,
): Promise<Json> {
  const { artifacts, traced } = parts;
  if (!tested.stubbed && codeNamesIn(input).length > 0) await parts.placeDefinitions();
  const decoded = await decodeValue(input, { artifacts, definitions: traced.definitions, secrets });
  const guarded = secrets.any ? await guard(context, secrets) : context;
  const output = await callStepFunction(tested.step, decoded, guarded);
  secrets.refuseIn(output, `the output of step "${node.step}" at "${id}"`);
  return output;
}

/** Imported when it is needed: it knows of Temporal's failures. */
async function guard(context: StepContext, secrets: ReturnType<typeof secretsFor>): Promise<StepContext> {
  const { guardContext } = await import('../../worker/steps/guard-context.js');
  return guardContext(context, secrets);
}
