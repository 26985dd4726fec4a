import { type Command, InvalidArgumentError } from 'commander';
import { PARTS, type Part, provision } from '../../worker/provision/index.js';
import { withExamples } from '../example.js';
import { printNote } from '../output.js';

export function addSetupCommand(program: Command): void {
  withExamples(
    program
      .command('setup')
      .description('fetch or build what Pawl needs beside its packages: Temporal, Postgres, native TensorFlow')
      .option('--only <parts>', `only these, with commas: ${PARTS.join(', ')}`, readParts)
      .option('--retry', 'try again what failed before')
      .action(setUp),
    'pawl setup',
    'pawl setup --only tensorflow',
  );
}

interface SetupOptions {
  readonly only?: readonly Part[];
  readonly retry?: boolean;
}

/** Native TensorFlow may be absent, unless it is what was asked for. */
async function setUp({ only, retry }: SetupOptions): Promise<void> {
  const { temporal, postgres, tensorflow } = await provision({ log: printNote, only, retry });
  const native = tensorflow.backend === 'native' ? { found: true as const } : { found: false as const, ...tensorflow };
  for (const [part, found] of Object.entries({ temporal, postgres, tensorflow: native })) {
    if (found.found || (only && !only.includes(part as Part))) continue;
    printNote(`${part} is missing: ${found.reason}. What to do: ${found.remedy}`);
    if (only || part !== 'tensorflow') process.exitCode = 1;
  }
}

function readParts(text: string): readonly Part[] {
  return text.split(',').map((name) => {
    const part = PARTS.find((known) => known === name.trim());
    if (part) return part;
    throw new InvalidArgumentError(`There are ${PARTS.join(', ')}.`);
  });
}
