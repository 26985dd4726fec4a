import { Command } from 'commander';
import { addAuthoringCommands } from './commands/authoring.js';
import { enterEnvironment } from './environment.js';
import { reportError } from './report-error.js';
import { pawlVersion } from './version.js';

const program = new Command('pawl')
  .description('Machine-learning pipelines as typed TypeScript, run as durable Temporal workflows')
  .version(pawlVersion())
  .option('--env <name>', 'environment to work in: dev, staging, prod or another (default: PAWL_ENV, else dev)')
  .option('--verbose', 'show where an error comes from')
  .showHelpAfterError('(pawl --help lists what there is)')
  .configureHelp({ showGlobalOptions: true })
  .hook('preAction', (command) => enterEnvironment(command.opts<{ env?: string }>().env));

addAuthoringCommands(program);
// Importing what talks to Temporal and Postgres takes as long as compiling a large pipeline: check and compile do without.
if (!['check', 'compile'].includes(process.argv[2] ?? '')) {
  const { addRunningCommands } = await import('./commands/running.js');
  addRunningCommands(program);
}

try {
  await program.parseAsync();
} catch (error) {
  const code = reportError(error, program.opts<{ verbose?: boolean }>().verbose === true);
  // A command may have said before what its failing means.
  process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
}
// Native clients keep threads alive that hold nothing any more: everything of ours is closed here.
process.exit();
