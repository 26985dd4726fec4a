import { onExit, pipeline, reject, step, when, z } from 'pawl';
import { mark } from './steps.js';

const tellOutcome = step(
  'tell-outcome',
  {
    input: z.object({ file: z.string(), outcome: z.string(), value: z.unknown(), faults: z.unknown() }),
    output: z.object({ outcome: z.string() }),
  },
  async ({ file, outcome, value, faults }) => {
    const { appendFile } = await import('node:fs/promises');
    await appendFile(file, `${JSON.stringify({ outcome, value, faults: (faults as unknown[]).length })}\n`);
    return { outcome };
  },
);
const broken = step(
  'broken',
  { input: z.object({ on: z.boolean() }), output: z.object({ n: z.number() }), retry: { attempts: 1 } },
  ({ on }) => {
    if (on) throw new Error('this is broken');
    return { n: 1 };
  },
);
const wait = step(
  'wait',
  { input: z.object({ ms: z.number() }), output: z.object({ n: z.number() }), heartbeat: '3s' },
  async ({ ms }, ctx) => {
    const { setTimeout: pause } = await import('node:timers/promises');
    await pause(ms, undefined, { signal: ctx.signal });
    return { n: 1 };
  },
);

/** Tells how it ended, whatever it was; what runs on exit may break or take too long itself. */
export default pipeline(
  'exits',
  {
    params: z.object({
      file: z.string(),
      rejects: z.boolean().default(false),
      breaks: z.boolean().default(false),
      breaksOnExit: z.boolean().default(false),
      slowMs: z.number().default(0),
      slowExitMs: z.number().default(0),
    }),
  },
  ({ file, rejects, breaks, breaksOnExit, slowMs, slowExitMs }) => {
    onExit(
      (run) => {
        const first = broken({ on: breaksOnExit });
        const told = tellOutcome({ file, outcome: run.outcome, value: run.value, faults: run.faults });
        wait({ ms: slowExitMs }, { after: told });
        mark({ file, word: 'never after a fault' }, { after: first });
      },
      { timeout: '2s' },
    );
    const waited = wait({ ms: slowMs }, { id: 'work' });
    const refused = when(rejects, () => reject(waited));
    return { n: broken({ on: breaks }, { id: 'main', after: refused }).n };
  },
);
