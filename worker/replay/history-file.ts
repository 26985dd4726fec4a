import { readFile } from 'node:fs/promises';
import type { Client } from '@temporalio/client';
import { historyFromJSON, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { History } from './recorded-calls.js';

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
