import { Command } from 'commander';
import { addAuthoringCommands } from './commands/authoring.js';
import { addDevCommand } from './commands/dev.js';
import { addDiffCommand } from './commands/diff.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addGraphCommand } from './commands/graph.js';
import { addOperatingCommands } from './commands/operating.js';
import { addPeopleCommands } from './commands/people.js';
import { addPlanCommand } from './commands/plan.js';
import { addReplayCommand } from './commands/replay.js';
import { addRunCommand } from './commands/run.js';
import { addScheduleCommand } from './commands/schedule.js';
import { addServeCommand } from './commands/serve.js';
import { addSetupCommand } from './commands/setup.js';
import { addShowCommands } from './commands/show.js';
import { addWorkerCommand } from './commands/worker.js';
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
addGraphCommand(program);
addDiffCommand(program);
addPlanCommand(program);
addRunCommand(program);
addShowCommands(program);
addOperatingCommands(program);
addPeopleCommands(program);
addReplayCommand(program);
addScheduleCommand(program);
addDevCommand(program);
addWorkerCommand(program);
addServeCommand(program);
addDoctorCommand(program);
addSetupCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  const code = reportError(error, program.opts<{ verbose?: boolean }>().verbose === true);
  // A command may have said before what its failing means.
  process.exitCode = Math.max(Number(process.exitCode ?? 0), code);
}
// Native clients keep threads alive that hold nothing any more: everything of ours is closed here.
process.exit();
