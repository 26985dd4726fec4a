/** The same work written by hand against the Temporal SDK: what Pawl's interpreter is measured against. */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

const { add } = proxyActivities({ startToCloseTimeout: '1 hour', heartbeatTimeout: '10s' });
const local = proxyLocalActivities({ startToCloseTimeout: '1s' });

export async function referenceChain(n) {
  let last = { n };
  for (let i = 0; i < 100; i += 1) last = await add(last);
  return last;
}

export async function referenceLightChain(n) {
  let last = { n };
  for (let i = 0; i < 100; i += 1) last = await local.add(last);
  return last;
}

export async function referenceFanOut(n) {
  const items = Array.from({ length: n }, (_, i) => i);
  return Promise.all(items.map((item) => add({ n: item })));
}
