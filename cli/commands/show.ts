import type { Command } from 'commander';
import pc from 'picocolors';
import { FailureType, PawlError } from '../../plan/failure.js';
import { type Fault, type NodeStatus, RunMessage } from '../../plan/protocol.js';
import type { JournalEntry, RunRecord } from '../../store/index.js';
import { progressOf } from '../../worker/runs/progress.js';
import { describeWait } from '../describe-wait.js';
import { withExamples } from '../example.js';
import { findRun } from '../find-run.js';
import { paintOutcome, printJson, printLine, printTable } from '../output.js';
import { printFault, runUrl } from '../run-report.js';
import { type Session, withSession } from '../session.js';

/** Commands that look at runs: runs, show. */
export function addShowCommands(program: Command): void {
  withExamples(
    program
      .command('runs')
      .description('list runs, latest first')
      .option('--pipeline <name>', 'only of this pipeline')
      .option('--outcome <outcome>', 'only with this outcome')
      .option('--limit <n>', 'at most so many', '20')
      .option('--json', 'print as JSON')
      .action(listRuns),
    'pawl runs --pipeline flight-delays --outcome rejected',
  );
  withExamples(
    program
      .command('show <run>')
      .description('show a run: its nodes, its outcome, what it waits for')
      .option('--json', 'print as JSON')
      .action(showRun),
    'pawl show flight-delays-2001-03-02T06:00:00Z',
  );
}

interface RunsOptions {
  readonly pipeline?: string;
  readonly outcome?: RunRecord['outcome'];
  readonly limit: string;
  readonly json?: boolean;
}

async function listRuns({ pipeline, outcome, limit, json }: RunsOptions): Promise<void> {
  const runs = await withSession(async (session) =>
    (await session.store()).runs.list({ pipeline, outcome: outcome ?? undefined, limit: parseLimit(limit) }),
  );
  if (json) return printJson(runs);
  printTable(
    ['run', 'state', 'for', 'started', 'took'],
    runs.map((run) => [
      run.workflowId,
      paintOutcome(stateOf(run)),
      run.nominalTime.slice(0, 10),
      run.startedAt.slice(0, 19),
      tookOf(run),
    ]),
  );
}

function parseLimit(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new PawlError(FailureType.InvalidInput, `"${text}" is not a limit`, { hint: 'Give a whole number from 1.' });
}

async function showRun(id: string, { json }: { json?: boolean }): Promise<void> {
  await withSession(async (session) => {
    const store = await session.store();
    const run = await findRun(id, session);
    const { workflowId } = run;
    const nodes = await store.journal.nodesOfRun(run.runId);
    const waiting = run.phase === 'closed' ? [] : await waitingNodes(session, workflowId);
    if (json) return printJson({ ...run, nodes, waiting });
    printLine(
      `${paintOutcome(stateOf(run))} ${run.workflowId}   plan ${run.planHash?.slice(7, 19) ?? 'not known yet'}   for ${run.nominalTime}`,
    );
    printLine(`params ${JSON.stringify(run.params)}`);
    printTable(
      ['node', 'state', 'failures', 'took', 'reuse'],
      nodes.map((node) => [
        node.node,
        nodeState(node, run),
        String(node.failures),
        tookOf({ startedAt: node.startedAt, closedAt: node.committedAt }),
        node.cacheReason ?? '',
      ]),
    );
    if (run.phase !== 'closed') await showProgress(session, workflowId);
    showWaits(run, waiting);
    for (const fault of (run.error ?? []) as unknown as readonly Fault[]) printFault(fault);
    if (run.phase === 'held') printLine(`Decide with: pawl retry ${workflowId}   or   pawl abort ${workflowId}`);
    if (run.result !== null) printLine(JSON.stringify(run.result, null, 2));
    const url = runUrl(session.environment.uiUrl, session.environment.temporal.namespace, workflowId);
    if (url) printLine(url);
  });
}

function nodeState(node: JournalEntry, run: RunRecord): string {
  if (node.state === 'committed') return node.reusedFrom ? 'reused' : 'done';
  const faults = (run.error ?? []) as unknown as readonly Fault[];
  if (faults.some((fault) => fault.node === node.node)) return run.phase === 'held' ? 'held' : 'failed';
  return run.phase === 'closed' ? 'stopped' : 'at work';
}

async function showProgress(session: Session, workflowId: string): Promise<void> {
  const handle = (await session.client()).workflow.getHandle(workflowId);
  for (const { step, progress } of await progressOf(handle)) printLine(`  ${step}: ${progress.message}`);
}

function showWaits({ workflowId, phase }: RunRecord, waiting: readonly NodeStatus[] | null): void {
  if (waiting === null && phase === 'running')
    printLine('No worker answers, so nothing goes on and nobody knows what it waits for: pawl worker');
  for (const node of waiting ?? []) {
    const wait = describeWait(workflowId, node);
    if (wait) printLine(`${pc.magenta(wait.node)} waits for: ${wait.what}\n${pc.cyan('  →')} ${wait.command}`);
  }
}

/** How long a worker has for its answer, in milliseconds. */
const ANSWER_MS = 3000;

/** The nodes of an open run that wait; null when no worker answers. */
async function waitingNodes(session: Session, workflowId: string): Promise<readonly NodeStatus[] | null> {
  const client = await session.client();
  try {
    const table = await client.withDeadline(Date.now() + ANSWER_MS, () =>
      client.workflow.getHandle(workflowId).query<readonly NodeStatus[]>(RunMessage.nodes),
    );
    return table.filter(({ waitsFor }) => waitsFor);
  } catch {
    return null;
  }
}

const stateOf = (run: RunRecord): string => run.outcome ?? run.phase;

function tookOf({ startedAt, closedAt }: { startedAt: string; closedAt: string | null }): string {
  if (closedAt === null) return '';
  return `${((Date.parse(closedAt) - Date.parse(startedAt)) / 1000).toFixed(1)} s`;
}
