import pc from 'picocolors';
import type { OpenAttempt } from '../client/attempts.js';
import type { Followed } from '../client/follow-run.js';
import { describeTurn, isForTurn } from '../plan/describe-turn.js';
import type { Fault, NodeStatus } from '../plan/protocol.js';
import { describeWait } from './describe-wait.js';
import { EXIT_CODES, paintOutcome, printJson, printLine, printNote } from './output.js';

/**
 * Shows the changes of nodes while a run is followed. What waits for people is always said, on stderr: a script that asks
 * for JSON must not hang without a word.
 */
export function noteNodes(run: string, json: boolean): (node: NodeStatus) => void {
  return (node) => {
    if (!json) noteNode(node);
    const wait = describeWait(run, node);
    if (wait) printNote(`  ${wait.node} waits for: ${wait.what}  →  ${wait.command}`);
  };
}

function noteNode(node: NodeStatus): void {
  const time = node.ms === null ? '' : ` ${node.ms} ms`;
  const from = node.reused ? `  reused from ${node.reused.run}` : node.given ? `  given by ${node.given.by}` : '';
  const turn = node.waitsFor && isForTurn(node.waitsFor) ? `  ${describeTurn(node.waitsFor)}` : '';
  printNote(`  ${node.state.padEnd(9)} ${node.node}${time}${from}${turn}`);
}

/** Says why a step is tried again, on stderr: it may be for long, as when a worker lacks something. */
export function noteRetry({ step, attempt, lastFailure }: OpenAttempt): void {
  if (lastFailure) printNote(`  retrying  ${step}, attempt ${attempt}: ${lastFailure.message}`);
}

export interface ReportOptions {
  readonly run: string;
  readonly json: boolean;
  readonly url: string | null;
}

/** Prints how a run ended, or why it waits, and sets the exit code. */
export function reportRun(followed: Followed, { run, json, url }: ReportOptions): void {
  const outcome = followed.phase === 'held' ? 'held' : followed.outcome;
  process.exitCode = EXIT_CODES[outcome];
  if (json) {
    printJson({ run, outcome, result: followed.phase === 'held' ? null : followed.value, faults: followed.faults });
    return;
  }
  printLine(`${paintOutcome(outcome)} ${run}`);
  for (const fault of followed.faults) printFault(fault);
  if (followed.phase === 'closed' && followed.value !== null) printLine(JSON.stringify(followed.value, null, 2));
  if (followed.phase === 'held') printDecisions(run, followed.faults);
  if (url) printNote(url);
}

export function printFault(fault: Fault): void {
  printLine(`${pc.red(fault.node || fault.type)} ${fault.message}`);
  if (fault.hint) printLine(`${pc.cyan('  →')} ${fault.hint}`);
}

/** Says until when a held run waits, and how to decide. */
export function printDecisions(run: string, faults: readonly Fault[]): void {
  const until = faults.flatMap(({ held }) => held?.until ?? []).sort()[0];
  if (until) printLine(`It waits for a decision until ${until.slice(0, 19)}Z; then it fails.`);
  const node = faults.length > 1 ? ' --node NODE' : '';
  printLine(`Decide with: pawl retry ${run}   or   pawl skip ${run}${node} --value JSON   or   pawl abort ${run}`);
}

/** Where the Temporal UI shows a run. */
export function runUrl(uiUrl: string | null, namespace: string, run: string): string | null {
  return uiUrl ? `${uiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(run)}` : null;
}
