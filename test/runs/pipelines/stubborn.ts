import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { map, onExit, pipeline, step, waitFor, when, z } from 'pawl';
import { addLight } from './steps.js';

const work = step(
  'work',
  {
    input: z.object({ file: z.string(), word: z.string(), listens: z.boolean(), breaks: z.boolean(), ms: z.number() }),
    output: z.object({ n: z.number() }),
    retry: { attempts: 1 },
    cache: 'reuse',
  },
  async ({ file, word, listens, breaks, ms }, ctx) => {
    const say = (what: string): void => appendFileSync(file, `${what} ${word} ${Date.now()} ${ctx.scratch}\n`);
    ctx.signal.addEventListener('abort', () => say('stopped'));
    say('began');
    if (breaks) throw new Error('broken');
    await pause(ms, undefined, listens ? { signal: ctx.signal } : {});
    return { n: 1 };
  },
);
const tell = step(
  'tell',
  { input: z.object({ file: z.string(), outcome: z.string() }), output: z.object({}) },
  ({ file, outcome }) => {
    appendFileSync(file, `exit ${outcome}\n`);
    return {};
  },
);

/** At work, for long, in one of the ways that there are. */
export default pipeline(
  'stubborn',
  {
    params: z.object({
      file: z.string(),
      items: z.array(z.string()),
      listens: z.boolean().default(true),
      breaks: z.boolean().default(false),
      waits: z.boolean().default(false),
      ms: z.number().default(60_000),
    }),
  },
  ({ file, items, listens, breaks, waits, ms }) => {
    onExit((run) => {
      tell({ file, outcome: run.outcome });
    });
    const sums = map(items, (word) => addLight({ n: work({ file, word, listens, breaks, ms }).n }).n, {
      key: (word) => word,
    });
    const event = when(waits, () => waitFor('event', z.object({}), { after: sums }));
    return { sums, event };
  },
);
