import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { pipeline, step, z } from 'pawl';

const slow = step(
  'slow',
  {
    input: z.object({ file: z.string(), modes: z.array(z.string()) }),
    output: z.object({ attempts: z.number() }),
    timeout: '1s',
    retry: { attempts: 3, backoffMs: 50 },
  },
  async ({ file, modes }, ctx) => {
    appendFileSync(file, '.');
    const { readFileSync } = await import('node:fs');
    const attempts = readFileSync(file, 'utf8').length;
    const mode = modes[attempts - 1] ?? 'good';
    if (mode === 'bad') throw new Error('a bad one');
    if (mode === 'late') await pause(30_000, undefined, { signal: ctx.signal });
    return { attempts };
  },
);

/** Attempts that fail, take too long, or are good, in the order given. */
export default pipeline(
  'late',
  { params: z.object({ file: z.string(), modes: z.array(z.string()) }) },
  ({ file, modes }) => slow({ file, modes }),
);
