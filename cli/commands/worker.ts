import type { Command } from 'commander';
import { startWorker } from '../../worker/start-worker.js';
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
      .option('--queues <names>', 'queues of steps beside the default one, with commas', 'gpu')
      .action(work),
    'TEMPORAL_ADDRESS=localhost:7233 DATABASE_URL=postgres://… PAWL_ARTIFACTS=/srv/pawl pawl worker --queues gpu',
  );
}

async function work({ queues }: { queues: string }): Promise<void> {
  await withSession(async ({ environment, root, stack, beforeClose }) => {
    const worker = await startWorker({
      environment,
      root,
      queues: queues.split(',').filter(Boolean),
      logLevel: 'INFO',
    });
    beforeClose(() => worker.stop());
    printLine(`worker ready: ${environment.temporal.address}, queue ${environment.taskQueue}, ${queues}`);
    const lost = new Promise<never>((_, reject) => stack?.onLost(reject));
    await Promise.race([worker.stopped, lost]);
  });
}
