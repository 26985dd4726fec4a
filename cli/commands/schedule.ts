import type { Command } from 'commander';
import type { CompiledPipeline } from '../../dsl/compile/index.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { checkFiring } from '../../worker/check-firing.js';
import { projectRoot } from '../../worker/code/check-packages.js';
import { CodeLoader } from '../../worker/code/load-code.js';
import { publish } from '../../worker/publish.js';
import { currentPlan } from '../../worker/runs/current-plan.js';
import {
  applySchedule,
  backfillSchedule,
  listSchedules,
  pauseSchedule,
  requireSchedule,
  resumeSchedule,
} from '../../worker/schedules.js';
import { compileFile, isFile } from '../compile-file.js';
import { withExamples } from '../example.js';
import { printJson, printLine, printTable } from '../output.js';
import { withSession } from '../session.js';

export function addScheduleCommand(program: Command): void {
  const schedule = program.command('schedule').description("pipelines' schedules on the Temporal server");
  withExamples(
    schedule
      .command('apply <pipeline>')
      .description('create or update the schedule a pipeline file, or a published pipeline, declares')
      .action(apply),
    'pawl schedule apply examples/flight-delays/pipeline.ts',
  );
  withExamples(
    schedule.command('list').description('list schedules').option('--json', 'print as JSON').action(list),
    'pawl schedule list --json',
  );
  withExamples(
    schedule
      .command('pause <pipeline>')
      .description('stop firing')
      .option('--note <text>', 'why', 'paused from the command line')
      .action(pause),
    'pawl schedule pause flight-delays --note "source under repair"',
  );
  withExamples(
    schedule
      .command('resume <pipeline>')
      .description('fire again')
      .option('--note <text>', 'why', 'resumed from the command line')
      .action(resume),
    'pawl schedule resume flight-delays',
  );
  withExamples(
    schedule
      .command('backfill <pipeline>')
      .description('run what the schedule would have run between two times, one after the other')
      .requiredOption('--from <time>', 'ISO 8601')
      .requiredOption('--to <time>', 'ISO 8601')
      .action(backfill),
    'pawl schedule backfill flight-delays --from 2001-03-01 --to 2001-07-03',
  );
}

async function apply(target: string): Promise<void> {
  const compiled = isFile(target) ? await compileFile(target) : null;
  if (compiled) await checkSchedule(compiled);
  await withSession(async (session) => {
    if (compiled) await publish(compiled, await session.store());
    const plan = compiled?.plan ?? (await currentPlan(target, await session.store())).plan;
    printLine(
      `${await applySchedule(await session.client(), session.environment, plan)} the schedule of ${plan.pipeline}: ${plan.schedule?.cron}`,
    );
  });
}

/** What would make every firing fail is said before anything is published. */
async function checkSchedule({ plan, bundle }: CompiledPipeline): Promise<void> {
  requireSchedule(plan);
  const artifacts = { getBytes: async () => Buffer.from(bundle.code) };
  const loader = new CodeLoader({ artifacts, root: await projectRoot(process.cwd()) });
  await checkFiring((await loader.loadText(plan.code, bundle.code)).pipeline, new Date());
}

async function list({ json }: { json?: boolean }): Promise<void> {
  const schedules = await withSession(async (session) => listSchedules(await session.client(), session.environment));
  if (json) return printJson(schedules);
  printTable(
    ['pipeline', 'cron', 'state', 'next', 'note'],
    schedules.map((each) => [each.pipeline, each.cron, each.paused ? 'paused' : 'active', each.next ?? '', each.note]),
  );
}

async function pause(pipeline: string, { note }: { note: string }): Promise<void> {
  await withSession(async (session) => pauseSchedule(await session.client(), session.environment, pipeline, note));
  printLine(`paused ${pipeline}`);
}

async function resume(pipeline: string, { note }: { note: string }): Promise<void> {
  await withSession(async (session) => resumeSchedule(await session.client(), session.environment, pipeline, note));
  printLine(`resumed ${pipeline}`);
}

async function backfill(pipeline: string, { from, to }: { from: string; to: string }): Promise<void> {
  const [start, end] = [parseTime(from), parseTime(to)];
  await withSession(async (session) =>
    backfillSchedule(await session.client(), session.environment, pipeline, { from: start, to: end }),
  );
  printLine(`backfilling ${pipeline} from ${start.toISOString()} to ${end.toISOString()}: see pawl runs`);
}

function parseTime(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new PawlError(FailureType.InvalidInput, `"${text}" is not a time`, {
    hint: 'Write it as 2001-03-01 or 2001-03-01T06:00:00Z.',
  });
}
