import type { Command } from 'commander';
import { wholeNumber } from '../../worker/limits/whole-number.js';
import { parseQueues } from '../../worker/limits/worker-queues.js';
import { withExamples } from '../example.js';
import { printLine } from '../output.js';
import { withSession } from '../session.js';

export function addWorkerCommand(program: Command): void {
  withExamples(
    program
      .command('worker')
      .description(
        'serve runs and steps of an existing Temporal (TEMPORAL_ADDRESS, DATABASE_URL, PAWL_ARTIFACTS), else of the embedded stack',
      )
      .option(
        '--queues <names>',
        'queues of steps beside the default one, with commas; with a number the most at a time: gpu=2,default=50',
        'gpu',
      )
      .option('--gpus <n>', 'GPUs to give to steps (default: those that are found; PAWL_GPUS)')
      .option('--db-connections <n>', 'most connections to Postgres at a time (default: 10; PAWL_DB_CONNECTIONS)')
      .action(work),
    'TEMPORAL_ADDRESS=localhost:7233 DATABASE_URL=postgres://… PAWL_ARTIFACTS=/srv/pawl pawl worker --queues gpu',
  );
}

interface WorkerFlags {
  readonly queues: string;
  readonly gpus?: string;
  readonly dbConnections?: string;
}

async function work({ queues, gpus, dbConnections }: WorkerFlags): Promise<void> {
  const limits = {
    queues: parseQueues(queues),
    ...(gpus !== undefined && { gpus: wholeNumber('--gpus', gpus, 0) }),
    ...(dbConnections !== undefined && { dbConnections: wholeNumber('--db-connections', dbConnections) }),
  };
  await withSession(async ({ environment, root, stack, beforeClose }) => {
    const { startWorker } = await import('../../worker/start-worker.js');
    const worker = await startWorker({
      environment,
      root,
      ...limits,
      logLevel: 'INFO',
    });
    beforeClose(() => worker.stop());
    printLine(`worker ready: ${environment.temporal.address}, queue ${environment.taskQueue}, ${queues}`);
    const lost = new Promise<never>((_, reject) => stack?.onLost(reject));
    await Promise.race([worker.stopped, lost]);
  });
}
