import type { Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { watch } from 'chokidar';
import type { Command } from 'commander';
import { compilePipeline, formatDiagnostics } from '../../dsl/compile/index.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { publish } from '../../worker/publish.js';
import { withExamples } from '../example.js';
import { printLine, printNote } from '../output.js';
import { reportError } from '../report-error.js';
import { type Session, withSession } from '../session.js';

export function addDevCommand(program: Command): void {
  withExamples(
    program
      .command('dev <files...>')
      .description('embedded stack and worker; publishes the pipelines, and again whenever a file changes')
      .action(dev),
    'pawl dev examples/flight-delays/pipeline.ts',
  );
}

async function dev(files: string[]): Promise<void> {
  await withSession(async (session) => {
    if (!session.stack) {
      throw new PawlError(FailureType.InvalidInput, 'pawl dev uses the embedded stack, and DATABASE_URL is set', {
        hint: 'Use pawl worker and pawl publish with a deployment, or unset DATABASE_URL.',
      });
    }
    const [worker] = await Promise.all([session.ensureWorker(), publishAll(files, session)]);
    printLine(
      `ready\n  Temporal UI  ${session.environment.uiUrl}\n  worker       queue ${session.environment.taskQueue}, gpu`,
    );
    printLine('  Ctrl-C stops; runs go on when it is there again');
    const watching = watchFiles(files, () => publishAll(files, session), session.root);
    const lost = new Promise<never>((_, reject) => {
      session.stack!.onLost(() => reject(stackLost()));
    });
    await Promise.race([worker!.stopped, lost]).finally(() => watching.close());
  });
}

/** One file's mistakes do not keep the others from being published. */
async function publishAll(files: readonly string[], session: Session): Promise<void> {
  for (const file of files) await publishFile(file, session).catch((error) => reportError(error, false));
}

async function publishFile(file: string, session: Session): Promise<void> {
  const { diagnostics, compiled } = await compilePipeline(file);
  if (diagnostics.length > 0) process.stderr.write(`${formatDiagnostics(diagnostics, { color: true })}\n`);
  if (!compiled) return;
  const { pipeline, planHash, changed } = await publish(compiled, await session.store());
  if (changed) printLine(`published ${pipeline} ${planHash.slice('sha256:'.length, 19)}`);
  else printNote(`${pipeline} is unchanged`);
}

/** Watches the source files of the project; what a change means is found out by compiling. */
function watchFiles(files: readonly string[], changed: () => Promise<void>, root: string) {
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      working = working.then(changed);
    }, 50);
  };
  const folders = [root, ...files.map((file) => dirname(resolve(file)))];
  const ignored = (path: string, stats?: Stats): boolean => isIgnored(path, stats, folders);
  return watch(folders, { ignoreInitial: true, ignored })
    .on('all', soon)
    .on('error', (error) => printNote(`cannot watch for changes: ${String(error)}; start pawl dev again to see them`));
}

/** Neither packages nor what is built or kept beside the sources, unless a pipeline lies there itself. */
function isIgnored(path: string, stats: Stats | undefined, folders: readonly string[]): boolean {
  const nearest = folders.filter((folder) => path.startsWith(folder)).sort((a, b) => b.length - a.length)[0] ?? '';
  if (/(^|[\\/])(node_modules|\.git|\.pawl|dist)([\\/]|$)/.test(path.slice(nearest.length))) return true;
  return stats?.isFile() === true && !/\.([cm]?[jt]s|json)$/.test(path);
}

function stackLost(): PawlError {
  return new PawlError(FailureType.StoreUnavailable, 'the embedded stack has stopped', {
    hint: 'Its log says why: .pawl/logs. Start it again with pawl dev.',
  });
}
