import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { Worker } from '@temporalio/worker';
import { FailureType, PawlError } from '../../plan/failure.js';
import { installRuntime } from '../temporal/runtime.js';
import { workflowBundlePath } from '../workflow-bundle.js';

type History = ReturnType<typeof historyFromJSON>;

/**
 * Replays a history against this build's interpreter. The history is enough: neither pipeline nor code is needed.
 * @throws PawlError `Internal` when the interpreter would now do something else.
 */
export async function replayHistory(history: History, workflowId: string): Promise<void> {
  installRuntime('ERROR');
  try {
    await Worker.runReplayHistory({ workflowBundle: { codePath: workflowBundlePath } }, history, workflowId);
  } catch (cause) {
    throw new PawlError(FailureType.Internal, `the history of "${workflowId}" does not replay: ${messageOf(cause)}`, {
      hint: 'This build of Pawl would run it differently. Keep the old build for runs that are open.',
      cause,
    });
  }
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
