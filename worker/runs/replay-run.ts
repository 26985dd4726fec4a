import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { CallDifference } from '../replay/compare-calls.js';
import type { History } from '../replay/recorded-calls.js';
import { replayHistories } from '../replay/replay-histories.js';

/**
 * Replays a history against this build's interpreter. The history is enough: neither pipeline nor code is needed.
 * @throws PawlError `Internal` when the interpreter would now do something else, or ask for it in another way.
 */
export async function replayHistory(history: History, workflowId: string): Promise<void> {
  for await (const replayed of replayHistories([{ workflowId, history }])) {
    const problem = replayed.problem ?? replayed.differences.map(describeDifference).join('\n');
    if (problem === '') continue;
    throw new PawlError(FailureType.Internal, `the history of "${workflowId}" does not replay: ${problem}`, {
      hint: 'This build of Pawl would run it differently. Keep the old build for runs that are open.',
    });
  }
}

/** As `train: /0/input/epochs was 4, now 6`. */
export function describeDifference({ node, kind, path, recorded, now }: CallDifference): string {
  return `${node}: ${path || (kind === 'timer' ? 'milliseconds' : 'all of it')} was ${recorded}, now ${now}`;
}

/** A history from a file as `temporal workflow show --output json` or `pawl replay --save` writes it. */
export async function readHistory(file: string): Promise<History> {
  try {
    return historyFromJSON(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new PawlError(FailureType.InvalidInput, `${file} is not a history: ${messageOf(cause)}`, {
      hint: 'Save one with: pawl replay RUN --save FILE',
      cause,
    });
  }
}

/** The history of a run, as JSON text. */
export async function historyText(client: Client, workflowId: string): Promise<string> {
  return historyToJSON(await client.workflow.getHandle(workflowId).fetchHistory());
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
