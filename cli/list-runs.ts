import type { RunFilter, RunRecord } from '../store/index.js';
import { settleRuns } from '../worker/runs/settle-runs.js';
import { isUnanswered, settlingOf, unbegunRecord } from './find-run.js';
import type { Session } from './session.js';

/** So many of the open runs are asked about before a list is shown; workers ask about all of them now and then. */
const MOST_ASKED = 50;

/**
 * Runs, latest first: those that Postgres knows, after it was told which of them have ended unheard, and those that no
 * worker has taken up yet.
 */
export async function listRuns(filter: RunFilter & { readonly limit: number }, session: Session): Promise<RunRecord[]> {
  const { runs } = await session.store();
  const { pipeline, outcome, phase, limit } = filter;
  await ifAnswered(async () => {
    const open = await runs.list({ pipeline, open: true, limit: MOST_ASKED });
    return settleRuns(open, await settlingOf(session));
  });
  const known = await runs.list(filter);
  if (outcome !== undefined || (phase !== undefined && phase !== 'running')) return known;
  const unbegun = await ifAnswered(() => unbegunRuns(filter, session));
  return [...unbegun, ...known].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).slice(0, limit);
}

/** Without Temporal a list shows what Postgres knows. */
async function ifAnswered(ask: () => Promise<readonly RunRecord[]>): Promise<readonly RunRecord[]> {
  try {
    return await ask();
  } catch (error) {
    if (isUnanswered(error)) return [];
    throw error;
  }
}

/** Open runs of this environment without a row in Postgres. Temporal lists a run a moment after it was started. */
async function unbegunRuns({ pipeline, limit }: RunFilter & { readonly limit: number }, session: Session) {
  const client = await session.client();
  const { runs } = await session.store();
  const { taskQueue } = session.environment;
  const isOfPipeline = pipeline === undefined ? '' : ` AND WorkflowType = ${quoted(pipeline)}`;
  const query = `ExecutionStatus = "Running" AND TaskQueue = ${quoted(taskQueue)}${isOfPipeline}`;
  const found: RunRecord[] = [];
  let seen = 0;
  for await (const info of client.workflow.list({ query, pageSize: limit })) {
    seen += 1;
    if (seen > limit) break;
    if (!info.type.startsWith('pawl.') && (await runs.run(info.runId)) === null)
      found.push(await unbegunRecord(info, client));
  }
  return found;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '')}"`;
}
