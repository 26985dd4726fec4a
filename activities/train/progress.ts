import type { TaskPort } from './child/messages.js';

/** Least time between two reports of one epoch. */
const EVERY_MS = 250;

/** Reports where a training stands, at the beginning of each epoch and some times a second. */
export function makeReporter(
  port: Pick<TaskPort, 'progress'>,
  epochs: number,
): (epoch: number, fraction: number, loss: number) => void {
  let last = { epoch: 0, at: 0 };
  return (epoch, fraction, loss) => {
    const at = performance.now();
    if (epoch === last.epoch && at - last.at < EVERY_MS) return;
    last = { epoch, at };
    port.progress({
      message: `epoch ${epoch}/${epochs} · loss ${loss.toFixed(4)}`,
      fraction: (epoch - 1 + fraction) / epochs,
      epoch,
      epochs,
      loss,
    });
  };
}
