import type { Fault } from '../../plan/protocol.js';
import type { RunRecord, Store } from '../../store/index.js';
import { noticeAsks } from './notice-asks.js';
import type { RaiseAlert } from './raise-alert.js';

const MOST_AT_ONCE = 500;
/** All workers may have been away for as long. */
const LOOK_BACK_MS = 6 * 3_600_000;
/** As much of a message as is posted, in characters. */
const MAX_TEXT = 1000;

/** Raises an alert for each run that is held, has been held for half of its time, asks for approvals, or has failed. */
export async function noticeRuns(runs: Store['runs'], environment: string, raise: RaiseAlert): Promise<void> {
  for (const run of await runs.list({ phase: 'held', limit: MOST_AT_ONCE })) await noticeHeld(run, environment, raise);
  await noticeAsks(runs, environment, raise);
  const failed = await runs.list({ outcome: 'failed', closedForMs: LOOK_BACK_MS, limit: MOST_AT_ONCE });
  for (const run of failed) await raiseFor(run, 'failed', `${run.runId}/failed`, { environment, raise });
}

/** One alert for a run that is held at many nodes. */
async function noticeHeld(run: RunRecord, environment: string, raise: RaiseAlert): Promise<void> {
  const holds = faultsOf(run).flatMap(({ held }) => held ?? []);
  const [first] = holds.sort((a, b) => a.since.localeCompare(b.since));
  if (!first) return;
  const [since, until] = [Date.parse(first.since), Date.parse(first.until)];
  await raiseFor(run, 'held', `${run.runId}/held/${first.since}`, { environment, raise }, first.until);
  const isHalf = Date.now() - since >= (until - since) / 2;
  if (isHalf) await raiseFor(run, 'half', `${run.runId}/half/${first.since}`, { environment, raise }, first.until);
}

async function raiseFor(
  run: RunRecord,
  kind: 'held' | 'half' | 'failed',
  id: string,
  { environment, raise }: { readonly environment: string; readonly raise: RaiseAlert },
  until?: string,
): Promise<void> {
  const faults = faultsOf(run).slice(0, 10);
  await raise(id, {
    kind,
    environment,
    pipeline: run.pipeline,
    run: run.workflowId,
    runId: run.runId,
    text: textOf(kind, run, until),
    ...(faults[0] && { node: faults[0].node }),
    faults: faults.map((fault) => ({ ...fault, message: fault.message.slice(0, MAX_TEXT) })),
    ...(until && { until }),
  });
}

function textOf(kind: 'held' | 'half' | 'failed', run: RunRecord, until: string | undefined): string {
  const id = run.workflowId;
  const all = faultsOf(run);
  const more = all.length > 1 ? ` and at ${all.length - 1} more` : '';
  const what = all[0] ? ` at ${all[0].node || 'its end'}${more}: ${all[0].message.slice(0, MAX_TEXT)}` : '';
  if (kind === 'failed') return `${id} has failed${what}`;
  const decide = `Until ${until}: pawl retry ${id}, pawl skip ${id} --value …, pawl abort ${id}`;
  return kind === 'held'
    ? `${id} is held${what}\n${decide}`
    : `${id} has been held for half of its time, and nobody has decided${what}\n${decide}`;
}

function faultsOf({ error }: RunRecord): readonly Fault[] {
  return (error ?? []) as unknown as readonly Fault[];
}
