import { readFile } from 'node:fs/promises';
import { type InjectedSinks, Worker } from '@temporalio/worker';
import { type CallSinks, REPORT_CALLS, type ReportedCall } from '../../workflows/report-calls.js';
import { installRuntime } from '../temporal/runtime.js';
import { workflowBundlePath } from '../workflow-bundle.js';
import { type CallDifference, compareCalls } from './compare-calls.js';
import { isIntended } from './intended.js';
import { type History, recordedCalls, recordedEngine } from './recorded-calls.js';

/** A history, and what it is called: the workflow id it is of, or a file. */
export interface NamedHistory {
  readonly workflowId: string;
  readonly history: History;
}

/** What came of a replay. */
export interface Replayed {
  readonly workflowId: string;
  /** Why it does not replay: this build would do something else. Null: it replays. */
  readonly problem: string | null;
  /** What this build would ask for in another way, though in the same order. */
  readonly differences: readonly CallDifference[];
  /** The same, with those that are intended. */
  readonly raw: readonly CallDifference[];
}

/**
 * Replays histories against this build's interpreter, one after the other, and compares what it asks for. The histories
 * are enough: neither pipeline nor code is needed.
 */
export async function* replayHistories(
  histories: AsyncIterable<NamedHistory> | Iterable<NamedHistory>,
): AsyncGenerator<Replayed> {
  installRuntime('ERROR');
  const code = `globalThis.${REPORT_CALLS} = true;\n${await readFile(workflowBundlePath, 'utf8')}`;
  const reported = new Map<string, ReportedCall[]>();
  const sinks: InjectedSinks<CallSinks> = {
    calls: {
      report: {
        fn: ({ runId }, call) => {
          reported.set(runId, [...(reported.get(runId) ?? []), call]);
        },
        callDuringReplay: true,
      },
    },
  };
  const recorded: NamedHistory[] = [];
  for await (const { runId, error, ...replayed } of Worker.runReplayHistories(
    { workflowBundle: { code }, sinks },
    noting(histories, recorded),
  )) {
    const { workflowId, history } = recorded.shift() ?? { ...replayed, history: {} };
    const engine = recordedEngine(history);
    const raw = error ? [] : compareCalls(recordedCalls(history), reported.get(runId) ?? []);
    reported.delete(runId);
    const differences = raw.filter((difference) => !isIntended(difference, engine));
    yield { workflowId, problem: error ? messageOf(error) : null, differences, raw };
  }
}

/**
 * Notes the histories in the order in which they are replayed. They are replayed under the ids they had: the parts of a
 * large map are named after their run.
 */
async function* noting(
  histories: AsyncIterable<NamedHistory> | Iterable<NamedHistory>,
  recorded: NamedHistory[],
): AsyncGenerator<NamedHistory> {
  for await (const named of histories) {
    recorded.push(named);
    yield { ...named, workflowId: recordedId(named.history) ?? named.workflowId };
  }
}

/** Absent in histories of very old servers. */
function recordedId({ events }: History): string | undefined {
  return events?.[0]?.workflowExecutionStartedEventAttributes?.workflowId || undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
