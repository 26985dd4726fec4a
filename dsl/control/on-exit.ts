import { EXIT_ITEM } from '../../plan/plan.js';
import type { ExitInfo } from '../../plan/protocol.js';
import { durationMs } from '../duration.js';
import { misuse } from '../misuse.js';
import type { Ref } from '../ref.js';
import { currentTracer, itemRef } from '../trace.js';

export interface OnExitOptions {
  /** Longest time of all its nodes together: `'10m'`, or milliseconds. Default: `'5m'`. */
  readonly timeout?: string | number;
}

/**
 * Says what runs when the run is at its end: succeeded, rejected, failed, aborted or cancelled. Its nodes read the
 * params and how the run ended, and nothing else of the run, which may not have got that far. A fault in it is noted and
 * changes nothing about the outcome. The ids of its nodes begin with `on-exit/`. Where the pipeline is called in another
 * one, it is left out.
 *
 * @example
 * onExit((run) => notify({ text: 'retrain ended', outcome: run.outcome }));
 */
export function onExit(body: (run: Ref<ExitInfo>) => unknown, options: OnExitOptions = {}): void {
  const tracer = currentTracer('onExit');
  // A pipeline that is called in another one has no end of its own.
  if (tracer.pipelines.length > 1) return;
  if (tracer.open.length > 1)
    tracer.report(misuse('onExit was called inside of a control node', 'Call it in the pipeline function itself.'));
  if (tracer.onExit) tracer.report(misuse('onExit was called twice', 'Put both into one function.'));
  const block = tracer.block(`${EXIT_ITEM}/`, () => body(itemRef<ExitInfo>(EXIT_ITEM)), 'exit');
  tracer.onExit = { block, timeoutMs: tracer.attempt(() => durationMs(options.timeout ?? '5m'), 1) };
}
