import type { Command } from 'commander';
import type { Json, JsonObject } from '../../plan/json.js';
import { suggestName } from '../../plan/suggest.js';
import {
  type CheckedParams,
  examineParams,
  invalidParams,
  type ParamProblem,
} from '../../worker/runs/param-problems.js';
import { type AskStreams, askParams } from './ask-params.js';
import { type BaseOptions, readBase } from './base-params.js';
import { type MissingParam, missingParams, unknownFields } from './missing.js';
import { usageOf } from './name-flag.js';
import { nameOf, ownFlags } from './own-flags.js';
import type { ParamTarget } from './param-target.js';
import { parseFlags } from './parse-flags.js';
import { type Param, paramsOf } from './shape.js';

export interface ReadParamsOptions extends BaseOptions {
  /** The part of the command line that is the pipeline's. */
  readonly argv: readonly string[];
  /** Names of the command's own flags, without dashes. */
  readonly taken: ReadonlySet<string>;
  /** Who is asked for what is missing; null: nobody. */
  readonly ask: AskStreams | null;
  /** What to do about params that are wrong. */
  readonly hint: string;
}

/**
 * The params that a command line gives a pipeline: those of `--params-file`, then `--params`, then flags; what is missing
 * is asked for where somebody sits at a terminal. They fit the pipeline's schema; defaults are not filled in.
 * @param before params of an earlier run, that all others go over.
 * @throws PawlError `InvalidParams` that names everything wrong.
 * @throws Interrupted when somebody ends a question.
 * @example
 * const params = await readParams(await compiledTarget(compiled, root), command);
 */
export function readParams(target: ParamTarget, command: Command, before: JsonObject = {}): Promise<JsonObject> {
  const { json, params, paramsFile } = command.opts<BaseOptions & { json?: boolean }>();
  const ask = json ? null : terminal();
  const argv = command.args.slice(command.registeredArguments.length);
  const hint = `\`${nameOf(command)} ${command.processedArgs[0]} --help\` lists its params.`;
  return resolveParams(target, { before, params, paramsFile, argv, taken: ownFlags(command), ask, hint });
}

/** The same, apart from any command. */
export async function resolveParams(target: ParamTarget, options: ReadParamsOptions): Promise<JsonObject> {
  const known = paramsOf(target.plan.params);
  const base = await readBase({ ...options, before: stillKnown(options.before ?? {}, known) });
  const flags = parseFlags(options.argv, known);
  const given = flags.values.over(base.value);
  const unread = [...base.problems, ...flags.problems, ...unknownProblems(known, given)];
  // What an unreadable text was to give is not called missing too.
  const missing = base.problems.length > 0 ? [] : missingParams(known, given).filter(isApartFrom(unread));
  const check = (params: Json): Promise<CheckedParams> => examineParams(target.pipeline, params);
  const misfits =
    base.problems.length > 0 ? [] : (await check(given)).problems.filter(isApartFrom([...unread, ...missing]));
  const mayAsk = options.ask !== null && missing.length > 0 && unread.length + misfits.length === 0;
  const params = mayAsk ? await askParams(missing, given, { ...options.ask, check }) : given;
  const problems = mayAsk
    ? (await check(params)).problems
    : [...unread, ...missing.map((each) => requiredProblem(each, options.taken)), ...misfits];
  if (problems.length === 0) return params;
  throw invalidParams(target.plan.pipeline, problems, { hint: options.hint });
}

/** An earlier run may have had params that there are no more. */
function stillKnown(before: JsonObject, known: readonly Param[]): JsonObject {
  const names = new Set(known.map(({ name }) => name));
  return Object.fromEntries(Object.entries(before).filter(([name]) => names.has(name)));
}

interface About {
  readonly param: string;
}

/** Whether it is about something else than any of these: not the same param, nor a part of it. */
function isApartFrom(others: readonly About[]): (one: About) => boolean {
  const holds = (outer: About, inner: About): boolean =>
    outer.param === inner.param || inner.param.startsWith(`${outer.param}.`);
  return (one) => !others.some((other) => holds(one, other) || holds(other, one));
}

function requiredProblem({ param, path, shape }: MissingParam, taken: ReadonlySet<string>): ParamProblem {
  return { param, message: `is required: ${usageOf(path, shape, taken)}` };
}

function unknownProblems(known: readonly Param[], given: JsonObject): readonly ParamProblem[] {
  return unknownFields(known, given).map(({ param, among }) => {
    const names = among.map(({ name }) => name);
    return { param, message: `is not a param. ${suggestName(param.split('.').at(-1)!, names)}` };
  });
}

/** Somebody who can answer; nobody in a script or on a build machine. */
function terminal(): AskStreams | null {
  const { stdin: input, stderr: output } = process;
  return input.isTTY && output.isTTY && !process.env.CI ? { input, output } : null;
}
