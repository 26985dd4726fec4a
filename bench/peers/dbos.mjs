/**
 * Steps in DBOS: arguments are the folder where its package is, the database's URL and the number of steps. Prints a
 * line of JSON for each line of standard input: milliseconds of the run of that kind.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { timed } from '../measure.mjs';

const [folder, databaseUrl, stepsText] = process.argv.slice(2);
const steps = Number(stepsText);
const { resolve } = createRequire(join(folder, 'package.json'));
const { DBOS } = await import(pathToFileURL(resolve('@dbos-inc/dbos-sdk')).href);

const add = async (n) => ({ n: n + 1 });

/** A step is a function call in the workflow's process, recorded in Postgres. */
const light = DBOS.registerWorkflow(
  async (count) => {
    let n = 0;
    for (let at = 0; at < count; at += 1) ({ n } = await DBOS.runStep(() => add(n), { name: 'add' }));
    return n;
  },
  { name: 'light' },
);

const work = DBOS.registerWorkflow((n) => DBOS.runStep(() => add(n), { name: 'add' }), { name: 'work' });

/** A step goes through a queue, from which any process may take it. */
const through = (queueName, polling, name) =>
  DBOS.registerWorkflow(
    async (count) => {
      let n = 0;
      for (let at = 0; at < count; at += 1) {
        const handle = await DBOS.startWorkflow(work, { queueName })(n);
        ({ n } = await handle.getResult(polling));
      }
      return n;
    },
    { name },
  );

/** Queue and result are looked at every 10 ms: a hundred queries a second for each, also when there is nothing to do. */
const isolated = through('often', { pollingIntervalMs: 10 }, 'isolated');
/** As DBOS comes. */
const seldom = through('seldom', undefined, 'seldom');

const workflows = { light, isolated, seldom };
DBOS.setConfig({ name: 'bench', systemDatabaseUrl: databaseUrl, runAdminServer: false, logLevel: 'error' });
await DBOS.launch();
await DBOS.registerQueue('often', { minPollingIntervalMs: 10 });
await DBOS.registerQueue('seldom');
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, count = steps] = line.split(' ');
  const ms = await timed(async () => {
    const handle = await DBOS.startWorkflow(workflows[kind])(Number(count));
    await handle.getResult();
  });
  console.log(JSON.stringify({ ms }));
}
await DBOS.shutdown();
