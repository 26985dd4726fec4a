import type { Json } from '../../plan/json.js';
import type { ParamProblem } from '../../worker/runs/param-problems.js';
import { type FoundParam, findParam } from './find-param.js';
import { type Reading, readText, readWholeList } from './read-text.js';
import { either, isSwitch, listIn, type Param, type Shape, waysOf } from './shape.js';
import { Values } from './values.js';

/** Before a param that is called as one of the command's own options. */
export const PARAM_PREFIX = 'param.';

interface Flag {
  /** As written, without value: `--month`. */
  readonly written: string;
  readonly name: string;
  readonly value: string | undefined;
}

/** What flags say about the params. */
export interface ParsedFlags {
  readonly values: Values;
  readonly problems: readonly ParamProblem[];
}

/**
 * Reads the part of a command line that belongs to the pipeline: `--month 2001-01`, `--epochs=6`, `--shuffle`,
 * `--no-shuffle`, `--tags a --tags b`, `--opts.lr 0.1`, `--param.id x`.
 */
export function parseFlags(argv: readonly string[], params: readonly Param[]): ParsedFlags {
  const values = new Values();
  const problems: ParamProblem[] = [];
  const rest = [...argv];
  for (let token = rest.shift(); token !== undefined; token = rest.shift()) {
    const problem = token.startsWith('--') ? take(token, rest, params, values) : notAFlag(token);
    if (problem) problems.push(problem);
  }
  return { values, problems };
}

function take(token: string, rest: string[], params: readonly Param[], values: Values): ParamProblem | null {
  const flag = splitFlag(token);
  const { found, off } = findSwitch(flag.name, params);
  if (!found.path) {
    if (flag.value === undefined && rest[0] !== undefined && !looksLikeFlag(rest[0])) rest.shift();
    return { param: flag.written, message: `is not a param. ${asFlags(found.suggestion)}` };
  }
  const param = found.path.join('.');
  if (off && flag.value !== undefined) return { param, message: `${flag.written} takes no value` };
  const text = off ? 'false' : textOf(flag, found.shape, rest);
  const message = text === undefined ? `${flag.written} needs a value` : assign(text, found, values);
  return message === null ? null : { param, message };
}

type Target = Extract<FoundParam, { shape: Shape }>;

/** @returns what is wrong, else null. */
function assign(text: string, { path, shape }: Target, values: Values): string | null {
  const list = listIn(shape);
  const whole = list && readWholeList(text, shape);
  if (whole) return values.append(path, whole) ? null : GIVEN_TWICE;
  const alone = readText(text, list ? withoutLists(shape) : shape);
  if (!list || 'value' in alone) return store(alone, (value) => values.set(path, value));
  const item = list.first[values.lengthAt(path)] ?? list.rest;
  const reading = item ? readText(text, item) : { problem: `"${text}" is one item too many` };
  return store(reading, (value) => values.append(path, [value]));
}

const GIVEN_TWICE = 'is given twice';

function store(reading: Reading, put: (value: Json) => boolean): string | null {
  if ('problem' in reading) return reading.problem;
  return put(reading.value) ? null : GIVEN_TWICE;
}

/** What a param may be instead of a list, such as `null`. */
function withoutLists(shape: Shape): Shape {
  return either(waysOf(shape).filter(({ kind }) => kind !== 'list'));
}

/** A name that is not a param may still be one with `no-` before it. */
function findSwitch(name: string, params: readonly Param[]): { found: FoundParam; off: boolean } {
  const found = findParam(name, params);
  if (found.path || !name.startsWith('no-')) return { found, off: false };
  const without = findParam(name.slice('no-'.length), params);
  return without.path && isSwitch(without.shape) ? { found: without, off: true } : { found, off: false };
}

function textOf({ value }: Flag, shape: Shape, rest: string[]): string | undefined {
  if (value !== undefined) return value;
  const next = rest[0];
  if (isSwitch(shape)) return next === 'true' || next === 'false' ? rest.shift() : 'true';
  return next === undefined || looksLikeFlag(next) ? undefined : rest.shift();
}

function splitFlag(token: string): Flag {
  const equals = token.indexOf('=');
  const written = equals < 0 ? token : token.slice(0, equals);
  const name = written.slice('--'.length);
  return {
    written,
    name: name.startsWith(PARAM_PREFIX) ? name.slice(PARAM_PREFIX.length) : name,
    value: equals < 0 ? undefined : token.slice(equals + 1),
  };
}

const looksLikeFlag = (token: string): boolean => /^--./.test(token);

function notAFlag(token: string): ParamProblem {
  const written = token.startsWith('-') ? `--${token.replace(/^-+/, '')}` : '--NAME VALUE';
  return { param: '', message: `"${token}" is neither a flag nor a flag's value: write ${written}` };
}

const asFlags = (suggestion: string): string => suggestion.replace(/^Did you mean "/, 'Did you mean "--');
