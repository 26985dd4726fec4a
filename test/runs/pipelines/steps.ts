import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { step, z } from 'pawl';

/** Adds one, beside the workflow. */
export const addLight = step(
  'add-light',
  { input: z.object({ n: z.number() }), output: z.object({ n: z.number() }), light: true },
  ({ n }) => ({ n: n + 1 }),
);

/** Adds one, on a worker. */
export const add = step(
  'add',
  { input: z.object({ n: z.number() }), output: z.object({ n: z.number() }) },
  ({ n }) => ({
    n: n + 1,
  }),
);

/** Writes a line to a file each time its function runs, then waits. */
export const mark = step(
  'mark',
  {
    input: z.object({ file: z.string(), word: z.string(), waitMs: z.number().default(0) }),
    output: z.object({ word: z.string() }),
    heartbeat: '3s',
  },
  async ({ file, word, waitMs }, ctx) => {
    appendFileSync(file, `${word} ${ctx.key}\n`);
    await pause(waitMs, undefined, { signal: ctx.signal });
    return { word };
  },
);
