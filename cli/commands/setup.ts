import type { Command } from 'commander';
import { provision } from '../../worker/provision/index.js';
import { withExamples } from '../example.js';
import { printNote } from '../output.js';

export function addSetupCommand(program: Command): void {
  withExamples(
    program
      .command('setup')
      .description('fetch or build what Pawl needs beside its packages: Temporal, Postgres, native TensorFlow')
      .option('--retry', 'try again what failed before')
      .action(async ({ retry }: { retry?: boolean }) => {
        await provision({ log: printNote, retry });
      }),
    'pawl setup',
  );
}
