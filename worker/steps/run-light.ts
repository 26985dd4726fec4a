import type { LightBatch, LightBatchResult, StepCall, StepResult } from '../../plan/protocol.js';
import type { LoadedCode } from '../code/load-code.js';
import type { WorkerParts } from '../parts.js';
import { attemptOf } from './attempt.js';
import { callStepFunction } from './call-step.js';
import { asFailure } from './failures.js';
import { guardContext } from './guard-context.js';
import { hideInError } from './hide-secrets.js';
import { runLightSteps } from './run-light-steps.js';
import { AttemptSecrets } from './secrets.js';
import { lightContext } from './step-context.js';
import { stepNamed } from './step-named.js';
import { decodeValue, encodeValue } from './values.js';

/** Pure and short: its result is in the history, and running it twice does no harm. */
export async function runLight(call: StepCall, parts: WorkerParts): Promise<StepResult> {
  return callLight(call, await codeOf(call, parts), parts).catch((error) => {
    throw asFailure(error, { again: false });
  });
}

/** Several at once. What does not work out is left to {@link runLight}. */
export async function runLightBatch(batch: LightBatch, parts: WorkerParts): Promise<LightBatchResult> {
  const code = await codeOf(batch, parts);
  const { pipeline, code: digest, nominalTime, run } = batch;
  return runLightSteps(batch, ({ node, step }, input) =>
    callLight({ pipeline, code: digest, nominalTime, node, step, input, run }, code, parts),
  );
}

async function codeOf({ code }: Pick<StepCall, 'code'>, parts: WorkerParts): Promise<LoadedCode> {
  return parts.code.load(code).catch((error) => {
    throw asFailure(error, { again: false });
  });
}

async function callLight(call: StepCall, code: LoadedCode, parts: WorkerParts): Promise<StepResult> {
  const secrets = new AttemptSecrets();
  const { artifacts } = parts.store;
  try {
    const started = performance.now();
    const input = await decodeValue(call.input, { artifacts, definitions: code.definitions, secrets });
    const context = guardContext(lightContext(attemptOf(call, parts)), secrets);
    const output = await callStepFunction(stepNamed(call.step, code), input, context);
    secrets.refuseIn(output, `the output of step "${call.step}"`);
    return { output: await encodeValue(output, artifacts), ms: Math.round(performance.now() - started) };
  } catch (error) {
    throw hideInError(error, secrets);
  }
}
