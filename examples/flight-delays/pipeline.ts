import { pipeline, reject, when, z } from 'pawl';
import { atLeast, champion, deploy, evaluate, fitFeatures, gate, improves, ingest, train, validate } from 'pawl/ml';
import { delayNet } from './model.js';
import { monthsBefore, nextMonth, yearMonth } from './months.js';
import { Flight } from './schema.js';
import { flightsFile } from './source.js';

/**
 * At departure, will this flight arrive more than 15 minutes late? Retrained on the 2nd of every month: on the month
 * before last, judged on the last one. A model is deployed when it is good enough, and better than the one it replaces.
 */
export default pipeline(
  'flight-delays',
  {
    params: z.object({
      month: yearMonth().describe('month to train on, as 2001-01'),
      epochs: z.int().positive().default(4).describe('passes over the training rows'),
    }),
    schedule: { cron: '0 6 2 * *', params: (at) => ({ month: monthsBefore(at, 2) }) },
  },
  ({ month, epochs }) => {
    const past = validate({ data: ingest({ from: flightsFile, rows: Flight, partition: month }) });
    const later = ingest(
      { from: flightsFile, rows: Flight, partition: nextMonth({ month }).value },
      { id: 'ingest-judge' },
    );
    const judge = validate({ data: later }, { id: 'validate-judge' });
    const features = fitFeatures({ of: delayNet, data: past.accepted });
    const model = train({ model: delayNet, features, data: past.accepted, epochs, seed: 2001 });
    const report = evaluate({ model, data: judge.accepted, against: champion('flight-delays') });
    // AUC decides: it does not depend on how common delays are in a month. Both models are judged on the same rows, so
    // the interval of their difference is narrow; its lower end must not be below zero.
    const rules = [atLeast('auc', 0.65), improves('auc', { confident: true })];
    const verdict = gate({ report, rules });
    const deployment = when(
      verdict.passed,
      () => deploy({ model, as: 'flight-delays', verdict }),
      () => reject(verdict),
    );
    return { verdict, deployment };
  },
);
