/** Runs as they happen: what is at work on one line, then what each step has put out. */
import { setTimeout as pause } from 'node:timers/promises';
import { followRun, openAttempts } from 'pawl/worker';
import { endLive, live } from './screen.mjs';

const STARTS_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 400;

/**
 * Follows a run from before it starts to its end.
 * @returns `outcome`, `value` and `outputs` (by node) of the run.
 */
export async function follow(stage, workflowId, label) {
  const { runId } = await started(stage, workflowId);
  const handle = stage.client.workflow.getHandle(workflowId, runId);
  const working = new Set();
  const ended = followRun(handle, {
    onNode: ({ node, state }) => (state === 'running' ? working.add(node) : working.delete(node)),
  });
  const followed = await showUntil(ended, handle, working, label);
  if (followed.outcome !== 'succeeded' && followed.outcome !== 'rejected') throw fault(workflowId, followed, stage);
  const entries = await stage.store.journal.nodesOfRun(runId);
  const outputs = Object.fromEntries(entries.map(({ node, output }) => [node, output]));
  return { workflowId, outcome: followed.outcome, value: followed.value, outputs };
}

async function started({ store }, workflowId) {
  for (const giveUpAt = Date.now() + STARTS_WITHIN_MS; Date.now() < giveUpAt; await pause(LOOK_EVERY_MS / 2)) {
    const run = await store.runs.latest(workflowId);
    if (run) return run;
  }
  throw new Error(`the run ${workflowId} has not started within a minute`);
}

async function showUntil(ended, handle, working, label) {
  let isOver = false;
  const over = ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const said = await openAttempts(handle).catch(() => []);
    live(`${label}   ${describe(said) || [...working].join(', ')}`);
    await Promise.race([over.catch(() => {}), pause(LOOK_EVERY_MS)]);
  }
  endLive();
  return ended;
}

/** The steps at work and what they said last: `train: epoch 2/4 · loss 0.4312, 38 %`. */
function describe(said) {
  return said
    .filter(({ progress }) => progress !== null)
    .map(({ step, progress: { message, fraction } }) => {
      const share = fraction === undefined ? '' : `, ${Math.round(fraction * 100)} %`;
      return `${step}: ${message}${share}`;
    })
    .join('   ');
}

function fault(workflowId, { phase, outcome, faults }, stage) {
  const [first] = faults;
  const what = phase === 'held' ? 'is held' : outcome;
  const error = new Error(`the run ${workflowId} ${what}: ${first?.node ?? ''} ${first?.message ?? ''}`);
  return Object.assign(error, { hint: first?.hint ?? `See ${stage.uiOf(workflowId)}` });
}
