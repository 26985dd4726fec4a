import { FailureType, PawlError } from '../plan/failure.js';
import { suggestName } from '../plan/suggest.js';
import type { JournalEntry, RunRecord } from '../store/index.js';
import { codeOf, givenOf } from './node-rows.js';
import { printJson, printLine } from './output.js';

/**
 * Prints what a step was given and what it put out.
 * @throws PawlError `InvalidInput` for a node that the journal of the run does not have.
 */
export function showNode(id: string, run: RunRecord, nodes: readonly JournalEntry[], json: boolean): void {
  const entry = nodes.findLast(({ node }) => node === id);
  if (!entry) {
    const known = nodes.map(({ node }) => node);
    throw new PawlError(FailureType.InvalidInput, `the journal of this run has no node "${id}"`, {
      hint: `${suggestName(id, known)} Light steps and control nodes are in Temporal's history only.`,
    });
  }
  if (json) {
    printJson(entry);
    return;
  }
  printLine(`${entry.node}   step ${entry.step}   attempt ${entry.attempt}   by ${entry.worker}`);
  const code = codeOf(entry, run);
  if (code) printLine(code);
  const given = givenOf(entry);
  if (given) printLine(`output given by ${given.by} at ${given.at}${given.reason ? `: ${given.reason}` : ''}`);
  printLine(`input  ${JSON.stringify(entry.input, null, 2)}`);
  printLine(`output ${JSON.stringify(entry.output, null, 2)}`);
  if (entry.error !== null) printLine(`latest failure ${JSON.stringify(entry.error, null, 2)}`);
}
