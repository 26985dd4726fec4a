/**
 * The same work written by hand against the Temporal SDK, with the options a careful author would give it: this is what
 * Pawl's interpreter is measured against.
 */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

const retry = { initialInterval: 500, backoffCoefficient: 2, maximumInterval: 10_000 };
const remote = (summary) =>
  proxyActivities({
    startToCloseTimeout: '1 hour',
    scheduleToCloseTimeout: '4 hours',
    heartbeatTimeout: '10s',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry,
    summary,
  });
const local = (summary) => proxyLocalActivities({ startToCloseTimeout: '1s', retry: { maximumAttempts: 1 }, summary });

export async function referenceChain(n) {
  let last = { n };
  for (let i = 0; i < 100; i += 1) last = await remote(`add-${i}`).add(last);
  return last;
}

export async function referenceLightChain(n) {
  let last = { n };
  for (let i = 0; i < 100; i += 1) last = await local(`add-${i}`).add(last);
  return last;
}

export async function referenceFanOut(n) {
  const items = Array.from({ length: n }, (_, i) => i);
  return Promise.all(items.map((item) => remote(`add-${item}`).add({ n: item })));
}

export async function referenceEmpty(n) {
  return { n };
}
