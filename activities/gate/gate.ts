import { z } from 'zod';
import { step } from '../../dsl/step.js';
import { evaluationReportSchema, verdictSchema } from '../values.js';
import { judge } from './judge.js';
import { ruleSchema } from './rules.js';

/** Judges an evaluation report by rules: see `atLeast`, `atMost`, `improves`, `notTooGood`, `noSliceWorse`. */
export const gate = step(
  'gate',
  {
    input: z.object({ report: evaluationReportSchema, rules: z.array(ruleSchema).min(1) }),
    output: verdictSchema,
    light: true,
  },
  ({ report, rules }) => judge(report, rules),
);
