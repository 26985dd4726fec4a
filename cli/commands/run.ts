import type { Command } from 'commander';
import { followRun } from '../../client/follow-run.js';
import { startRun } from '../../client/start-run.js';
import type { Json } from '../../plan/json.js';
import { projectRoot } from '../../worker/code/check-packages.js';
import { publish } from '../../worker/publish.js';
import { compileFile, isFile } from '../compile-file.js';
import { withExamples } from '../example.js';
import { printJson, printLine, printNote } from '../output.js';
import { acceptParams, compiledTarget, publishedTarget, readParams } from '../params/index.js';
import { addPartOptions, type PartOfRun, type PartOptions, readPart } from '../part-of-run.js';
import { noteNodes, noteRetry, reportRun, runUrl } from '../run-report.js';
import { type Session, withSession } from '../session.js';

interface RunOptions extends PartOptions {
  readonly id?: string;
  readonly json?: boolean;
  readonly wait?: boolean;
  readonly detach?: boolean;
  /** False with `--no-cache`. */
  readonly cache: boolean;
  readonly refresh?: boolean;
}

export function addRunCommand(program: Command): void {
  const command = program
    .command('run <pipeline>')
    .description('run a pipeline file (published first) or a published pipeline, and follow it to its end')
    .option('--id <id>', 'workflow id of the run (default: name and time)')
    .option('--wait', 'go on waiting while the run is held')
    .option('--detach', 'return as soon as the run has started')
    .option('--no-cache', 'run every step, and offer no output to later runs')
    .option('--refresh', 'run every step; those that may be reused offer their new output')
    .option('--json', 'print outcome and result as JSON; ask nothing')
    .addHelpText(
      'after',
      `
Exit codes: 0 succeeded, 1 failed, 2 held, 3 rejected, 4 aborted, 5 cancelled.
A run that waits for people is followed on; stderr says for whom and how they answer. --detach does not wait.`,
    )
    .action(run);
  withExamples(
    acceptParams(addPartOptions(command)),
    'pawl run examples/flight-delays/pipeline.ts --month 2001-01 --epochs 6',
    'pawl run examples/flight-delays/pipeline.ts --help',
    'pawl run flight-delays --from flight-delays-2001-03-02T06:00:00Z --node train',
    'pawl run flight-delays --month 2001-02 --until evaluate',
    `pawl run flight-delays --params '{"month":"2001-02"}' --json`,
  );
}

async function run(target: string, options: RunOptions, command: Command): Promise<void> {
  const compiled = isFile(target) ? await compileFile(target) : null;
  const root = await projectRoot(process.cwd());
  const ofFile = compiled && (await compiledTarget(compiled, root));
  // Of a file they are right before any server is started; those of an earlier run are in Postgres.
  const early = ofFile && options.from === undefined ? await readParams(ofFile, command) : null;
  await withSession(async (session) => {
    const store = await session.store();
    const of = ofFile ?? (await publishedTarget(target, { store, root }));
    const part = await readPart(options, of.plan, session);
    const params = early ?? (await readParams(of, command, part.params));
    if (compiled) await publish(compiled, store);
    const pipeline = compiled?.plan.pipeline ?? target;
    const [handle] = await Promise.all([start(session, pipeline, params, options, part), session.ensureWorker()]);
    const url = runUrl(session.environment.uiUrl, session.environment.temporal.namespace, handle.workflowId);
    if (!options.json) printNote(`run ${handle.workflowId}${url ? `  ${url}` : ''}`);
    if (options.detach) {
      if (options.json) printJson({ run: handle.workflowId, url });
      else printLine(handle.workflowId);
      if (session.stack)
        printNote('the run goes on while a worker is there: with pawl dev, pawl worker or a later command');
      return;
    }
    const json = options.json === true;
    const followed = await followRun(handle, {
      wait: options.wait,
      onNode: noteNodes(handle.workflowId, json),
      onRetry: noteRetry,
    });
    reportRun(followed, { run: handle.workflowId, json, url: null });
  });
}

async function start(session: Session, pipeline: string, params: Json, options: RunOptions, part: PartOfRun) {
  return startRun(await session.client(), session.environment, {
    pipeline,
    params,
    id: options.id,
    reuse: reuseOf(options),
    from: part.from,
    until: part.until,
  });
}

function reuseOf({ cache, refresh }: Pick<RunOptions, 'cache' | 'refresh'>): 'off' | 'refresh' | undefined {
  if (!cache) return 'off';
  return refresh ? 'refresh' : undefined;
}
