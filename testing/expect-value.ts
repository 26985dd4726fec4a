import { AssertionError } from 'node:assert';
import type { Fault } from '../plan/protocol.js';
import type { RunEnding } from './run/result.js';

/**
 * The value of a run that must have succeeded, with the pipeline's type.
 * @throws AssertionError that says how it ended instead, and why.
 * @example
 * const { verdict } = expectValue(await testRun(retrain, { params }));
 */
export function expectValue<Value>(run: RunEnding<Value>): Value {
  if (run.outcome === 'succeeded') return run.value;
  const { outcome, value, faults } = run;
  const why = outcome === 'rejected' ? [`  with: ${JSON.stringify(value)}`] : faults.flatMap(linesOf);
  const waiting = run.nodes.filter(({ state }) => state === 'waiting').map(({ node }) => `  for: ${node}`);
  throw new AssertionError({
    message: [`the run should have succeeded; it is ${outcome}`, ...why, ...waiting].join('\n'),
    actual: outcome,
    expected: 'succeeded',
    operator: 'expectValue',
    stackStartFn: expectValue,
  });
}

function linesOf({ node, type, message, hint }: Fault): readonly string[] {
  return [`  at ${node}: ${message} (${type})`, ...(hint === null ? [] : [`  ${hint}`])];
}
