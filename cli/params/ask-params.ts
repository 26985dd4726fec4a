import { createInterface } from 'node:readline/promises';
import pc from 'picocolors';
import type { Json, JsonObject } from '../../plan/json.js';
import type { CheckedParams } from '../../worker/runs/param-problems.js';
import type { MissingParam } from './missing.js';
import { type Reading, readText, readWholeList } from './read-text.js';
import { describeShape, listIn, type Shape, waysOf } from './shape.js';
import { withValue } from './values.js';

/** Where questions go and answers come from. */
export interface AskStreams {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

export interface AskOptions extends AskStreams {
  /** The pipeline's schema; what it says about an answer is told, and the question asked again. */
  readonly check: (params: Json) => Promise<CheckedParams>;
}

/** Somebody ended a question with Ctrl-C or Ctrl-D. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Asks for params that are missing, one after the other, until each fits.
 * @throws Interrupted at Ctrl-C and at the end of input.
 */
export async function askParams(
  missing: readonly MissingParam[],
  known: JsonObject,
  options: AskOptions,
): Promise<JsonObject> {
  const { input, output } = options;
  const lines = createInterface({ input, output, terminal: 'isTTY' in output && output.isTTY === true });
  const ended = new AbortController();
  const end = (): void => ended.abort();
  lines.once('SIGINT', end).once('close', end);
  const ask = (question: string): Promise<string> =>
    lines.question(question, { signal: ended.signal }).catch((error: unknown) => {
      throw ended.signal.aborted ? new Interrupted('stopped; nothing was started') : error;
    });
  const say = (text: string): void => void output.write(`${text}\n`);
  try {
    let params = known;
    for (const each of missing) params = await askOne(each, params, { ask, say, check: options.check });
    return params;
  } finally {
    lines.close();
  }
}

interface Talk {
  ask(question: string): Promise<string>;
  say(text: string): void;
  readonly check: AskOptions['check'];
}

async function askOne(
  { path, param, shape, description }: MissingParam,
  params: JsonObject,
  talk: Talk,
): Promise<JsonObject> {
  if (description) talk.say(pc.dim(description));
  for (;;) {
    const answer = (await talk.ask(`${param} ${pc.dim(`<${describeShape(shape)}>`)}: `)).trim();
    const reading = readAnswer(answer, shape);
    const next = 'value' in reading ? withValue(params, path, reading.value) : params;
    const wrong = 'problem' in reading ? [reading.problem] : problemsAt(param, await talk.check(next));
    if (wrong.length === 0) return next;
    for (const reason of wrong) talk.say(pc.yellow(`  ${reason}`));
  }
}

function problemsAt(name: string, { problems }: CheckedParams): readonly string[] {
  return problems
    .filter(({ param }) => param === name || param.startsWith(`${name}.`))
    .map(({ param, message }) => (param === name ? message : `${param}: ${message}`));
}

/** Items of a list are divided by commas, where it is not written as JSON. */
function readAnswer(answer: string, shape: Shape): Reading {
  const list = listIn(shape);
  if (answer === '') return list && waysOf(shape).length === 1 ? { value: [] } : { problem: 'a value is needed' };
  if (!list) return readText(answer, shape);
  const whole = readWholeList(answer, shape);
  if (whole) return { value: whole };
  const items = answer.split(',').map((text) => text.trim());
  const readings = items.map((text, index): Reading => {
    const item = list.first[index] ?? list.rest;
    return item ? readText(text, item) : { problem: `"${text}" is one item too many` };
  });
  const wrong = readings.find((reading) => 'problem' in reading);
  return wrong ?? { value: readings.map((reading) => ('value' in reading ? reading.value : null)) };
}
