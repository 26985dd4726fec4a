import type { Command } from 'commander';
import { addCacheCommand } from './cache.js';
import { addDevCommand } from './dev.js';
import { addDiffCommand } from './diff.js';
import { addDoctorCommand } from './doctor.js';
import { addExplainCommand } from './explain.js';
import { addGcCommand } from './gc.js';
import { addGrantCommands } from './grants.js';
import { addGraphCommand } from './graph.js';
import { addLimitsCommand } from './limits.js';
import { addOperateCommands } from './operate.js';
import { addOperatingCommands } from './operating.js';
import { addPeopleCommands } from './people.js';
import { addPlanCommand } from './plan.js';
import { addReplayCommand } from './replay.js';
import { addRunCommand } from './run.js';
import { addScheduleCommand } from './schedule.js';
import { addServeCommand } from './serve.js';
import { addSetupCommand } from './setup.js';
import { addShowCommands } from './show.js';
import { addWorkerCommand } from './worker.js';

/** All commands but those that need neither Temporal nor Postgres nor workers. */
export function addRunningCommands(program: Command): void {
  addExplainCommand(program);
  addGraphCommand(program);
  addDiffCommand(program);
  addPlanCommand(program);
  addRunCommand(program);
  addShowCommands(program);
  addOperatingCommands(program);
  addPeopleCommands(program);
  addGrantCommands(program);
  addOperateCommands(program);
  addReplayCommand(program);
  addScheduleCommand(program);
  addDevCommand(program);
  addCacheCommand(program);
  addLimitsCommand(program);
  addWorkerCommand(program);
  addServeCommand(program);
  addGcCommand(program);
  addDoctorCommand(program);
  addSetupCommand(program);
}
