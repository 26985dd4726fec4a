import { pipeline, step, z } from 'pawl';

const tell = step(
  'tell',
  { input: z.object({ month: z.string() }), output: z.object({ month: z.string(), nominal: z.string() }) },
  ({ month }, ctx) => ({ month, nominal: ctx.run.nominalTime }),
);

/** Fires on the 2nd of every month, for the month before. */
export default pipeline(
  'scheduled',
  {
    params: z.object({ month: z.string() }),
    schedule: {
      cron: '0 6 2 * *',
      params: (at) => ({
        month: new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 1)).toISOString().slice(0, 7),
      }),
    },
  },
  ({ month }) => tell({ month }),
);
