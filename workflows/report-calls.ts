import { proxySinks, type Sinks, type WorkflowInterceptors } from '@temporalio/workflow';

/** What a run asks Temporal for, and what it ends with: a replay compares that with the history. */
export interface ReportedCall {
  readonly kind: 'activity' | 'timer' | 'child' | 'result';
  /** As the history names it: Temporal's id of the activity, timer or child; empty for the result. */
  readonly id: string;
  /** Type of the activity or child. */
  readonly name: string;
  /** Arguments, milliseconds of a timer, or the result. */
  readonly value: unknown;
}

/** How calls get out of the sandbox. */
export interface CallSinks extends Sinks {
  readonly calls: { report(call: ReportedCall): void };
}

/** Set, before this module is loaded, where a history is replayed in order to be compared. */
export const REPORT_CALLS = 'pawlReportsCalls';

/** Runs report nothing: what leaves the sandbox costs time with every command. */
export const interceptors = (): WorkflowInterceptors => (REPORT_CALLS in globalThis ? reporting() : {});

function reporting(): WorkflowInterceptors {
  const { calls } = proxySinks<CallSinks>();
  return {
    inbound: [
      {
        async execute(input, next) {
          const value = await next(input);
          calls.report({ kind: 'result', id: '', name: '', value });
          return value;
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          calls.report({ kind: 'activity', id: `${input.seq}`, name: input.activityType, value: input.args });
          return next(input);
        },
        startTimer(input, next) {
          calls.report({ kind: 'timer', id: `${input.seq}`, name: '', value: input.durationMs });
          return next(input);
        },
        startChildWorkflowExecution(input, next) {
          const { workflowId, args } = input.options;
          calls.report({ kind: 'child', id: workflowId, name: input.workflowType, value: args });
          return next(input);
        },
      },
    ],
  };
}
