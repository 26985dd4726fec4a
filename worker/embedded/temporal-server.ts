import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SearchAttribute } from '../../plan/protocol.js';
import { findTemporal } from '../provision/temporal.js';
import { DYNAMIC_CONFIG } from '../temporal/dynamic-config.js';
import { HOST, type Ports } from './ports.js';
import { serverEnvironment } from './server-environment.js';
import { isPageServed, isTemporalServing } from './server-health.js';
import { stackError } from './stack-error.js';
import type { StateFolder } from './state-folder.js';
import type { ServerSpec } from './supervised-server.js';

const READY_WITHIN_MS = 60_000;

/**
 * Describes the Temporal development server of a project, with its Web UI.
 * @throws PawlError when the program is missing.
 */
export async function describeTemporal(state: StateFolder, ports: Ports): Promise<ServerSpec> {
  const found = await findTemporal();
  if (!found.found) throw stackError(`the embedded Temporal is missing: ${found.reason}`, `${found.remedy}.`);
  return {
    name: 'Temporal',
    logFile: join(state.logs, 'temporal.log'),
    readyWithinMs: READY_WITHIN_MS,
    command: {
      program: found.path,
      args: temporalArguments(basename(state.temporalDb), ports),
      cwd: dirname(state.temporalDb), // The file is named relative to it: the server would read `?` and `%` in a path.
      env: serverEnvironment(),
      // Left alone it waits seconds for clients that are gone; what it has accepted is in its file.
      stopSteps: [
        ['TERM', 3],
        ['KILL', 20],
      ],
    },
    beforeStart: () => removeHalfMade(state.temporalDb),
    isReady: async () => (await isTemporalServing(ports.temporal)) && (await isPageServed(ports.temporalUi)),
    afterReady: () => writeFile(completeMark(state.temporalDb), ''),
  };
}

function temporalArguments(file: string, { temporal, temporalUi }: Ports): string[] {
  const attributes = Object.values(SearchAttribute).flatMap((name) => ['--search-attribute', `${name}=Keyword`]);
  const settings = Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => [
    '--dynamic-config-value',
    `${key}=${value}`,
  ]);
  return [
    ...['server', 'start-dev', '--db-filename', file, '--namespace', 'default'],
    ...['--ip', HOST, '--port', `${temporal}`, '--ui-ip', HOST, '--ui-port', `${temporalUi}`],
    ...['--disable-config-file', '--disable-config-env', '--color', 'never', '--log-level', 'error'],
    ...attributes,
    ...settings,
  ];
}

/** The server makes its tables only when the file is new: killed while it did, it would never start again. */
async function removeHalfMade(file: string): Promise<void> {
  if (!existsSync(file) || existsSync(completeMark(file))) return;
  for (const name of [file, `${file}-journal`, `${file}-wal`, `${file}-shm`]) await rm(name, { force: true });
}

/** Beside a file that a server has been ready with; nobody can have stored anything in one without. */
function completeMark(file: string): string {
  return `${file}.complete`;
}
