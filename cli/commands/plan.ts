import type { Command } from 'commander';
import { checkParams } from '../../worker/activities/begin.js';
import { CodeLoader, type LoadedCode } from '../../worker/code/load-code.js';
import { reuseFromVariables } from '../../worker/environment.js';
import { forecastRun } from '../../worker/forecast/forecast-run.js';
import { currentPlan } from '../../worker/runs/current-plan.js';
import { takenRun } from '../../worker/runs/take-run.js';
import { compileFile, isFile } from '../compile-file.js';
import { withExamples } from '../example.js';
import { printForecast } from '../forecast-report.js';
import { printJson } from '../output.js';
import { acceptParams, readParams } from '../params/index.js';
import { addPartOptions, type PartOptions, readPart } from '../part-of-run.js';
import { type Session, withSession } from '../session.js';

export function addPlanCommand(program: Command): void {
  const command = program
    .command('plan <pipeline>')
    .description('say which steps of a run would be reused and which would run, and why; starts and changes nothing')
    .option('--json', 'print as JSON; ask nothing')
    .action(plan);
  withExamples(
    acceptParams(addPartOptions(command)),
    'pawl plan examples/flight-delays/pipeline.ts --month 2001-01',
    'pawl plan flight-delays --month 2001-01 --json',
    'pawl plan flight-delays --from flight-delays-2001-03-02T06:00:00Z --node train',
  );
}

async function plan(target: string, options: PartOptions & { json?: boolean }, command: Command): Promise<void> {
  const compiled = isFile(target) ? await compileFile(target) : null;
  const forecast = await withSession(async (session) => {
    const store = await session.store();
    const found = compiled ?? (await published(target, session));
    const loader = new CodeLoader({ artifacts: store.artifacts, root: session.root });
    const code: LoadedCode = compiled
      ? await loader.loadText(compiled.plan.code, compiled.bundle.code)
      : await loader.load(found.plan.code);
    const part = await readPart(options, found.plan, session);
    const given = await readParams({ plan: found.plan, pipeline: code.pipeline }, command, part.params);
    const from = part.from && part.source && takenRun(part.from, part.source, found.plan);
    const params = await checkParams(code.pipeline, given);
    const { source, until } = part;
    return forecastRun({ ...found, code, params, store, reuse: reuseFromVariables(), part: { source, from, until } });
  });
  if (options.json) printJson(forecast);
  else printForecast(forecast);
}

async function published(name: string, session: Session) {
  const { plan, hash } = await currentPlan(name, await session.store());
  return { plan, planHash: hash };
}
