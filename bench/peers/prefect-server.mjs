import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';

const START_MS = 120_000;

/** A Prefect server with everything it keeps under `home`. `env` is what makes a program use it. */
export async function startPrefectServer({ folder, home, port }) {
  await mkdir(home);
  const env = {
    PYTHONPATH: folder,
    PREFECT_HOME: home,
    PREFECT_API_URL: `http://127.0.0.1:${port}/api`,
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    DO_NOT_TRACK: '1',
    PREFECT_LOGGING_LEVEL: 'ERROR',
  };
  const args = ['-m', 'prefect', 'server', 'start', '--host', '127.0.0.1', '--port', `${port}`];
  const child = spawn('python3', args, { env: { ...process.env, ...env }, stdio: 'ignore', detached: true });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    // The server starts processes of its own.
    if (child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
    await ended;
  };
  await answers(`http://127.0.0.1:${port}/api/health`, child).catch(async (error) => {
    await stop();
    throw error;
  });
  return { env, stop };
}

async function answers(url, child) {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('the Prefect server does not start');
}
