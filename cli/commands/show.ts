import { type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import type { Command } from 'commander';
import pc from 'picocolors';
import { type OpenAttempt, openAttempts } from '../../client/attempts.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { type Fault, type NodeStatus, OUTCOMES, PHASES } from '../../plan/protocol.js';
import { suggestName } from '../../plan/suggest.js';
import type { RunRecord } from '../../store/index.js';
import { oneLine } from '../../workflows/text-bytes.js';
import { allDecisions, decisionLine } from '../decision-lines.js';
import { describeWait } from '../describe-wait.js';
import { withExamples } from '../example.js';
import { lookUpRun } from '../find-run.js';
import { listRuns } from '../list-runs.js';
import { nodeRows, tableOf } from '../node-rows.js';
import { paintOutcome, printJson, printLine, printTable } from '../output.js';
import { printDecisions, printFault, runUrl } from '../run-report.js';
import { type Session, withSession } from '../session.js';
import { showNode } from '../show-node.js';
import { tookOf } from '../took.js';

/** Commands that look at runs: runs, show. */
export function addShowCommands(program: Command): void {
  withExamples(
    program
      .command('runs')
      .description('list runs, latest first')
      .option('--pipeline <name>', 'only of this pipeline')
      .option('--outcome <outcome>', 'only with this outcome')
      .option('--phase <phase>', 'only in this phase: running, waiting (for people), held, closed')
      .option('--limit <n>', 'at most so many', '20')
      .option('--json', 'print as JSON')
      .action(showRuns),
    'pawl runs --pipeline flight-delays --outcome rejected',
    'pawl runs --phase waiting',
  );
  withExamples(
    program
      .command('show <run>')
      .description('show a run: its nodes, its outcome, what it waits for')
      .option('--node <node>', 'what this node was given and what it put out')
      .option('--json', 'print as JSON')
      .action(showRun),
    'pawl show flight-delays-2001-03-02T06:00:00Z',
    'pawl show flight-delays-2001-03-02T06:00:00Z --node evaluate',
  );
}

interface RunsOptions {
  readonly pipeline?: string;
  readonly outcome?: string;
  readonly phase?: string;
  readonly limit: string;
  readonly json?: boolean;
}

async function showRuns({ pipeline, outcome, phase, limit, json }: RunsOptions): Promise<void> {
  const filter = {
    pipeline,
    outcome: oneOf(outcome, OUTCOMES, 'an outcome'),
    phase: oneOf(phase, PHASES, 'a phase'),
    limit: parseLimit(limit),
  };
  const runs = await withSession((session) => listRuns(filter, session));
  if (json) return printJson(runs);
  const asks = runs.map(askedOf);
  const head = ['run', 'state', 'for', 'started', 'took'];
  printTable(
    asks.some(Boolean) ? [...head, 'asks'] : head,
    runs.map((run, at) => [
      run.workflowId,
      paintOutcome(stateOf(run)),
      run.nominalTime.slice(0, 10),
      run.startedAt.slice(0, 19),
      tookOf(run),
      ...(asks.some(Boolean) ? [asks[at]!] : []),
    ]),
  );
}

/** What a run has asked people for longest, and whom; nothing where it asks nobody. */
function askedOf({ asks }: RunRecord): string {
  const [first, ...more] = asks ?? [];
  if (!first) return '';
  const { node, ask = 'an event', roles = [] } = first;
  const whom = roles.length > 0 ? ` (${roles.join(', ')})` : '';
  return `${node}: ${oneLine(ask)}${whom}${more.length > 0 ? `, and ${more.length} more` : ''}`;
}

function oneOf<T extends string>(text: string | undefined, known: readonly T[], what: string): T | undefined {
  const found = known.find((each) => each === text);
  if (text === undefined || found) return found;
  throw new PawlError(FailureType.InvalidInput, `"${text}" is not ${what}`, { hint: suggestName(text, known) });
}

function parseLimit(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new PawlError(FailureType.InvalidInput, `"${text}" is not a limit`, { hint: 'Give a whole number from 1.' });
}

interface ShowOptions {
  readonly node?: string;
  readonly json?: boolean;
}

async function showRun(id: string, { node, json = false }: ShowOptions): Promise<void> {
  await withSession(async (session) => {
    const { run, answered } = await lookUpRun(id, session);
    const nodes = await (await session.store()).journal.nodesOfRun(run.runId);
    if (node !== undefined) return showNode(node, run, nodes, json);
    const table = answered || run.phase === 'closed' ? await tableOf(run, session) : null;
    const waiting = run.phase === 'closed' ? [] : (table?.filter(({ waitsFor }) => waitsFor) ?? null);
    const decisions = allDecisions(await (await session.store()).decisions.ofRun(run.runId), waiting ?? []);
    // Of a closed run Postgres knows all there is.
    const isUnsure = !answered && run.phase !== 'closed';
    if (json) {
      return printJson({ ...run, nodes, table, waiting, decisions, ...(isUnsure && { temporal: 'does not answer' }) });
    }
    printLine(
      `${paintOutcome(stateOf(run))} ${run.workflowId}   plan ${run.planHash?.slice(7, 19) ?? 'not known yet'}   for ${run.nominalTime}`,
    );
    printLine(`params ${JSON.stringify(run.params)}`);
    printTable(['node', 'state', 'failures', 'took', 'from'], nodeRows(run, nodes, table));
    for (const decision of decisions) printLine(decisionLine(decision));
    if (isUnsure) printLine('Temporal does not answer: this is what Postgres was told last.');
    if (answered && run.phase !== 'closed') {
      await showProgress(session, run.workflowId);
      showWaits(run, waiting);
    }
    showEnd(run, session);
  });
}

function showEnd(run: RunRecord, { environment }: Session): void {
  const faults = (run.error ?? []) as unknown as readonly Fault[];
  for (const fault of faults) printFault(fault);
  if (run.phase === 'held') printDecisions(run.workflowId, faults);
  if (run.result !== null) printLine(JSON.stringify(run.result, null, 2));
  const url = runUrl(environment.uiUrl, environment.temporal.namespace, run.workflowId);
  if (url) printLine(url);
}

async function showProgress(session: Session, workflowId: string): Promise<void> {
  const handle = (await session.client()).workflow.getHandle(workflowId);
  for (const { step, attempt, progress, lastFailure } of await attemptsOf(handle)) {
    if (progress) printLine(`  ${step}: ${progress.message}`);
    if (lastFailure) printLine(`  ${step} is tried again (attempt ${attempt}): ${lastFailure.message}`);
  }
}

/** None of a run that Temporal does not know, as after its state was removed. */
async function attemptsOf(handle: WorkflowHandle): Promise<readonly OpenAttempt[]> {
  try {
    return await openAttempts(handle);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    printLine('Temporal does not know this run: this is what Postgres was told last.');
    return [];
  }
}

function showWaits({ workflowId, phase, asks }: RunRecord, waiting: readonly NodeStatus[] | null): void {
  if (waiting === null && phase !== 'held')
    printLine('No worker answers, so nothing goes on and nobody knows what it waits for: pawl worker');
  if (waiting === null)
    for (const { node, ask } of asks ?? []) printLine(`${pc.magenta(node)} waited for: ${ask ?? 'an event'}`);
  for (const node of waiting ?? []) {
    const wait = describeWait(workflowId, node);
    if (wait) printLine(`${pc.magenta(wait.node)} waits for: ${wait.what}\n${pc.cyan('  →')} ${wait.command}`);
  }
}

const stateOf = (run: RunRecord): string => run.outcome ?? run.phase;
