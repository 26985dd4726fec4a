import { pipeline, step, z } from 'pawl';

const echo = step(
  'echo',
  {
    input: z.object({ given: z.record(z.string(), z.unknown()) }),
    output: z.object({ text: z.string() }),
    light: true,
  },
  ({ given }) => ({ text: JSON.stringify(given) }),
);

/** Takes params of every kind and gives them back as text. */
export default pipeline(
  'with-params',
  {
    params: z
      .object({
        month: z
          .string()
          .regex(/^\d{4}-\d{2}$/, 'a month, as 2001-01')
          .describe('Month to train on, as 2001-01'),
        mode: z.enum(['fast', 'exact']).describe('How to search'),
        epochs: z.int().min(1).max(50).default(4).describe('Passes over the data'),
        learningRate: z.number().positive().default(0.1),
        shuffle: z.boolean().default(true).describe('Mix the rows before each epoch'),
        tags: z.array(z.string()).max(3).default([]),
        note: z.string().nullable().default(null),
        opts: z.object({ depth: z.int().positive(), dropout: z.number().min(0).max(1).default(0) }).optional(),
        id: z.int().optional().describe('Called as an option of the command'),
      })
      .refine(({ mode, epochs }) => mode !== 'fast' || epochs <= 10, {
        path: ['epochs'],
        error: 'at most 10 in mode fast',
      }),
  },
  (params) =>
    echo({
      given: { month: params.month, mode: params.mode, epochs: params.epochs, tags: params.tags, id: params.id },
    }),
);
