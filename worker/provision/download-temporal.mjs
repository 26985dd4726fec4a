/**
 * Lets the Temporal SDK download its command line: `node download-temporal.mjs FOLDER VERSION CONNECT_TIMEOUT_MS`.
 * The SDK downloads only to start a server, so one is started without a disk or a UI, which proves the program, and stopped.
 * A process of its own, because a download of the SDK cannot be given up otherwise.
 */
import { readdirSync } from 'node:fs';
import { Runtime } from '@temporalio/worker';

const [folder, version, connectTimeoutMs] = process.argv.slice(2);
const executable = { type: 'cached-download', downloadDir: folder, version, ttl: 0 };

/** The SDK says everything three times; the address and the last cause are enough. */
function shorten(message) {
  const [address] = /https?:[^\s?)]+/.exec(message) ?? ['the download'];
  return `${address}: ${message.split('): ').at(-1).split('\n')[0]}`;
}

setTimeout(() => {
  if (readdirSync(folder).length > 0) return;
  console.error(`no answer within ${Number(connectTimeoutMs) / 1000} s`);
  process.exit(1);
}, Number(connectTimeoutMs)).unref();

try {
  const server = await Runtime.instance().createEphemeralServer({
    type: 'dev-server',
    exe: { ...executable, sdkName: 'sdk-typescript', sdkVersion: 'default' },
    namespace: 'default',
    ip: '127.0.0.1',
    port: null,
    uiPort: null,
    dbFilename: null,
    ui: false,
    log: { format: 'pretty', level: 'error' },
    extraArgs: [],
  });
  await Runtime.instance().shutdownEphemeralServer(server);
} catch (error) {
  console.error(shorten(error.message));
}
process.exit();
