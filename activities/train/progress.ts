import type { TaskPort } from './child/messages.js';

/** Least time between two reports. */
const EVERY_MS = 250;

/** Reports where a training stands. */
export function makeReporter(
  port: Pick<TaskPort, 'progress'>,
  epochs: number,
): (epoch: number, fraction: number, loss: number) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (epoch, fraction, loss) => {
    const now = performance.now();
    if (now - last < EVERY_MS) return;
    last = now;
    port.progress({
      message: `epoch ${epoch}/${epochs} · loss ${loss.toFixed(4)}`,
      fraction: (epoch - 1 + fraction) / epochs,
      epoch,
      epochs,
      loss,
    });
  };
}
