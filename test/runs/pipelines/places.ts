import { appendFileSync, existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { map, match, pipeline, step, z } from 'pawl';

const input = z.object({ file: z.string(), until: z.string(), word: z.string() });
const output = z.object({ word: z.string(), devices: z.array(z.string()) });

/** Says when it begins and ends, so that a reader can count how many are at work. */
async function work({ file, until, word }: z.infer<typeof input>, signal: AbortSignal): Promise<void> {
  appendFileSync(file, `+${word}\n`);
  await setTimeout(150, undefined, { signal });
  while (!existsSync(until)) await setTimeout(20, undefined, { signal });
  appendFileSync(file, `-${word}\n`);
}

const limited = step('limited', { input, output, limit: 2 }, async (given, { signal }) => {
  await work(given, signal);
  return { word: given.word, devices: [] };
});

const queued = step('queued', { input, output, queue: 'narrow' }, async (given, { signal }) => {
  await work(given, signal);
  return { word: given.word, devices: [] };
});

const onDevice = step('on-device', { input, output, resources: { gpu: 1 } }, async (given, { signal, devices }) => {
  await work(given, signal);
  return { word: given.word, devices: [...(devices ?? [])] };
});

const params = z.object({
  kind: z.enum(['limited', 'queued', 'urgent', 'device', 'devices']),
  file: z.string(),
  until: z.string(),
  words: z.array(z.string()),
});

/** Steps of which only so many may be at work. */
export default pipeline('places', { params }, ({ kind, file, until, words }) =>
  match(kind, {
    limited: () => map(words, (word) => limited({ file, until, word })),
    queued: () => map(words, (word) => queued({ file, until, word }, { priority: 4 })),
    urgent: () => map(words, (word) => queued({ file, until, word }, { priority: 1 })),
    device: () => map(words, (word) => onDevice({ file, until, word })),
    devices: () =>
      map(words, (word) => onDevice({ file, until, word }, { resources: { gpu: 3 }, retry: { attempts: 1 } })),
  }),
);
