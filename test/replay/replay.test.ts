import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { type BeginResult, ENGINE_VERSION, OUTCOMES } from '../../plan/protocol.js';
import { type NodeVisitor, planNodesOf } from '../../plan/visit.js';
import { readHistory } from '../../worker/replay/history-file.js';
import { INTENDED } from '../../worker/replay/intended.js';
import { recordedEngine } from '../../worker/replay/recorded-calls.js';
import { replayHistories } from '../../worker/replay/replay-histories.js';
import { replayHistory } from '../../worker/replay/replay-history.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const histories = readdirSync(folder).filter((file) => file.endsWith('.json'));

describe('committed histories replay against this interpreter', () => {
  test('there is one for each engine, and of this one for each kind of node and each outcome', async () => {
    const engines = new Set<number>();
    const kinds = new Set<string>();
    const outcomes = new Set<string>();
    for (const file of histories) {
      const history = await readHistory(join(folder, file));
      const engine = recordedEngine(history);
      engines.add(engine);
      if (engine !== ENGINE_VERSION) continue;
      const { plan } = beginIn(history.events!);
      for (const { kind } of planNodesOf(plan)) kinds.add(kind);
      outcomes.add(outcomeIn(history.events!));
    }
    for (let engine = 1; engine <= ENGINE_VERSION; engine += 1) expect([...engines]).toContain(engine);
    expect([...kinds].sort()).toEqual(Object.keys(KINDS).sort());
    expect([...outcomes].sort()).toEqual([...OUTCOMES].sort());
  });

  test.each(histories)('%s', async (file) => {
    await replayHistory(await readHistory(join(folder, file)), file);
  });

  test('one that another plan made does not', async () => {
    const renamed = await doctored((event) => {
      const scheduled = event.activityTaskScheduledEventAttributes;
      if (scheduled?.activityType?.name === 'add') scheduled.activityType.name = 'another';
    });
    await expect(replayHistory(renamed, 'changed')).rejects.toThrow('does not replay');
  });

  test('one in which a step was given something else is told, with the node, the place and both values', async () => {
    const other = await doctored((event) => changeInput(event, 'add', (task) => ({ ...task, input: { n: 7 } })));
    await expect(replayHistory(other, 'changed')).rejects.toThrow('add: /0/input/n was 7, now 1');
  });

  test('one with another order of steps, or without one, does not replay', async () => {
    const { events } = await readHistory(join(folder, 'engine-2-ways.json'));
    const places = events!.flatMap((event, at) => (event.activityTaskScheduledEventAttributes ? [at] : []));
    const [first, second] = places.slice(1, 3);
    const swapped = [...events!];
    const attributes = swapped[first!]!.activityTaskScheduledEventAttributes;
    swapped[first!]!.activityTaskScheduledEventAttributes = swapped[second!]!.activityTaskScheduledEventAttributes;
    swapped[second!]!.activityTaskScheduledEventAttributes = attributes;
    await expect(replayHistory({ events: swapped }, 'swapped')).rejects.toThrow('does not replay');
    const missing = await readHistory(join(folder, 'engine-2-steps.json'));
    const without = missing.events!.findIndex((event) => namesStep(event, 'add'));
    const cut = missing.events!.slice(0, without);
    const next = missing.events![without + 1]!;
    await expect(replayHistory({ events: [...cut, next] }, 'missing')).rejects.toThrow('does not replay');
  });

  test('one with another result is told', async () => {
    const other = await doctored((event) => {
      const completed = event.workflowExecutionCompletedEventAttributes;
      if (completed) completed.result = toPayloads({ ...resultIn(event), value: 'another' });
    });
    await expect(replayHistory(other, 'changed')).rejects.toThrow('the result: /value was "another"');
  });

  test('every difference that is intended is met by some history, so that none is kept for nothing', async () => {
    const met = new Set<string>();
    for (const file of histories.filter((name) => name.startsWith('engine-1-'))) {
      const history = await readHistory(join(folder, file));
      for await (const { raw } of replayHistories([{ workflowId: file, history }])) {
        for (const { kind, path } of raw) {
          for (const each of INTENDED) if (each.kind === kind && each.path.test(path)) met.add(each.reason);
        }
      }
    }
    expect([...met].sort()).toEqual(INTENDED.map(({ reason }) => reason).sort());
  });
});

/** A new kind does not compile until it is here, and then a history with it is missing. */
const KINDS: NodeVisitor<true> = {
  step: () => true,
  when: () => true,
  match: () => true,
  present: () => true,
  map: () => true,
  reduce: () => true,
  pipeline: () => true,
  approval: () => true,
  wait: () => true,
  sleep: () => true,
  reject: () => true,
};

type Payload = Parameters<typeof defaultPayloadConverter.fromPayload>[0];

function beginIn(events: readonly Event[]): BeginResult {
  const results = events.flatMap((event) => event.activityTaskCompletedEventAttributes?.result?.payloads ?? []);
  const values = results.map((payload: Payload) => defaultPayloadConverter.fromPayload<unknown>(payload));
  return values.find((value) => (value as { engine?: number } | null)?.engine !== undefined) as BeginResult;
}

/** As the memo says that the run wrote at its end. */
function outcomeIn(events: readonly Event[]): string {
  const memos = events.map((event) => event.workflowPropertiesModifiedEventAttributes?.upsertedMemo?.fields ?? {});
  const payload = memos.map((fields: Record<string, Payload>) => fields.outcome).findLast((outcome) => outcome);
  return payload ? defaultPayloadConverter.fromPayload<string>(payload) : 'none';
}

type Event = NonNullable<Awaited<ReturnType<typeof readHistory>>['events']>[number];

/** The history of three steps, changed. */
async function doctored(change: (event: Event) => void) {
  const { events } = await readHistory(join(folder, 'engine-2-steps.json'));
  for (const event of events!) change(event);
  return { events };
}

function namesStep(event: Event, step: string): boolean {
  return event.activityTaskScheduledEventAttributes?.activityType?.name === step;
}

function changeInput(event: Event, step: string, change: (task: object) => object): void {
  if (!namesStep(event, step)) return;
  const scheduled = event.activityTaskScheduledEventAttributes!;
  scheduled.input = toPayloads(change(defaultPayloadConverter.fromPayload(scheduled.input!.payloads![0]!)));
}

function resultIn(event: Event): object {
  return defaultPayloadConverter.fromPayload(event.workflowExecutionCompletedEventAttributes!.result!.payloads![0]!);
}

const toPayloads = (value: object) => ({ payloads: [defaultPayloadConverter.toPayload(value)!] });
