import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cacheDir } from './cache-dir.js';
import { isFile } from './file-checks.js';
import { ProvisionError } from './provision-error.js';
import { type Log, lastLines, runCommand } from './run-command.js';
import { TENSORFLOW_VERSION, WHEEL_PYTHON, type Wheel } from './tensorflow-target.js';

const CONNECT_TIMEOUT_S = 20;

/**
 * Gets a wheel: the file that somebody has put in the `wheels` folder of the cache, else pip's download into `folder`.
 *
 * @returns the path of the file, whose digest has been checked.
 * @throws ProvisionError when it cannot be downloaded, or is not the known file.
 */
export async function downloadWheel(wheel: Wheel, folder: string, log: Log): Promise<string> {
  const provided = join(wheelsFolder(), fileName(wheel));
  const file = (await isFile(provided)) ? provided : await downloadWithPip(wheel, folder, log);
  if ((await digest(file)) !== wheel.sha256) {
    throw new ProvisionError(`${file} is not the published file: its digest differs`, `delete it and try again`);
  }
  return file;
}

async function downloadWithPip(wheel: Wheel, folder: string, log: Log): Promise<string> {
  log(`downloading ${fileName(wheel)} (hundreds of MB) with pip, for this user once`);
  const requirement = `${wheel.name}==${TENSORFLOW_VERSION}`;
  const { ok, output } = await runCommand('python3', pipArguments(wheel, requirement, folder), {
    label: `downloading ${requirement}`,
    log,
  });
  if (!ok) throw new ProvisionError(`\`pip download ${requirement}\` failed: ${lastLines(output, 2)}`, remedy(wheel));
  return join(folder, fileName(wheel));
}

/** No cache of pip's own: the result is cached already, and the wheel is large. */
function pipArguments(wheel: Wheel, requirement: string, folder: string): string[] {
  const tags = ['--implementation', 'cp', '--python-version', WHEEL_PYTHON.version, '--abi', WHEEL_PYTHON.abi];
  const network = [
    '--retries',
    '2',
    '--timeout',
    `${CONNECT_TIMEOUT_S}`,
    '--no-cache-dir',
    '--disable-pip-version-check',
  ];
  const what = ['--no-deps', '--only-binary=:all:', '--platform', wheel.platform, '--dest', folder, requirement];
  return ['-m', 'pip', 'download', '--progress-bar', 'off', ...network, ...tags, ...what];
}

/** What to do when pip cannot have it. */
function remedy(wheel: Wheel): string {
  const byHand = `put ${fileName(wheel)} in ${wheelsFolder()}`;
  return `check that \`python3 -m pip\` runs and reaches its package index, or ${byHand}; then run \`npm run setup -- --retry\``;
}

function wheelsFolder(): string {
  return join(cacheDir(), 'wheels');
}

function fileName(wheel: Wheel): string {
  const { abi } = WHEEL_PYTHON;
  return `${wheel.name.replaceAll('-', '_')}-${TENSORFLOW_VERSION}-${abi}-${abi}-${wheel.platform}.whl`;
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
