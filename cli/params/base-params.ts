import { readFile } from 'node:fs/promises';
import { isJsonObject, type Json, type JsonObject } from '../../plan/json.js';
import type { ParamProblem } from '../../worker/runs/param-problems.js';

export interface BaseOptions {
  /** Text of `--params`. */
  readonly params?: string;
  /** Params that all others go over. Default: none. */
  readonly before?: JsonObject;
  /** Path of `--params-file`. */
  readonly paramsFile?: string;
}

/** Params before any flag: those of the file, with those of `--params` over them. */
export interface BaseParams {
  readonly value: JsonObject;
  readonly problems: readonly ParamProblem[];
}

export async function readBase({ before, params, paramsFile }: BaseOptions): Promise<BaseParams> {
  const parts: BaseParams[] = [];
  if (paramsFile !== undefined) parts.push(await readParamsFile(paramsFile));
  if (params !== undefined) parts.push(parse(params, '--params', `write it as --params '{"month":"2001-01"}'`));
  return {
    value: Object.assign({}, before, ...parts.map(({ value }) => value)) as JsonObject,
    problems: parts.flatMap(({ problems }) => problems),
  };
}

async function readParamsFile(path: string): Promise<BaseParams> {
  try {
    return parse(await readFile(path, 'utf8'), path, 'it must hold a JSON object');
  } catch (error) {
    return wrong('--params-file', `cannot be read: ${(error as Error).message}`);
  }
}

function parse(text: string, from: string, remedy: string): BaseParams {
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? { value, problems: [] } : wrong(from, `is not a JSON object: ${remedy}`);
  } catch (error) {
    return wrong(from, `is not JSON (${(error as Error).message}): ${remedy}`);
  }
}

function wrong(param: string, message: string): BaseParams {
  return { value: {}, problems: [{ param, message }] };
}
