/**
 * The whole loop on real data: `npm run demo`, or with `-- --keep` to leave everything up at the end.
 *
 * It does in one program what the `pawl` command does in several: start the servers, publish two pipelines, run one,
 * put the other on its schedule and make up for five months, then ask the deployed model.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  applySchedule,
  backfillSchedule,
  compilePipeline,
  findTensorFlow,
  formatDiagnostics,
  publish,
  startRun,
} from 'pawl/worker';
import { follow } from './demo/follow.mjs';
import { predict, realFlights } from './demo/predict.mjs';
import { showFileCheck, showMonth, summarise } from './demo/report.mjs';
import { fact, failure, live, remark, stopLive, table, title } from './demo/screen.mjs';
import { root, Stage } from './demo/stage.mjs';

const MODEL = 'flight-delays';
/** The schedule fires at 6:00 on the 2nd of each month. */
const FIRINGS = ['2001-03', '2001-04', '2001-05', '2001-06', '2001-07'].map((month) => `${month}-02T06:00:00Z`);

const { values: options } = parseArgs({ options: { keep: { type: 'boolean', default: false } } });
const began = Date.now();
const stage = new Stage();
process.chdir(root);

async function demo() {
  title('Flight delays: at departure, will this flight arrive more than 15 minutes late?');
  await startServers();
  await Promise.race([loop(), stage.failed()]);
}

async function loop() {
  const plans = await publishPipelines();
  await checkFile();
  const months = await backfillMonths(plans);
  await askModel(months);
  showEnd(months);
  checkExpected(months);
  if (options.keep) await keepUp();
}

async function startServers() {
  live('starting Temporal and Postgres');
  await stage.startStack(live);
  await stage.startWorkers();
  fact(`Temporal UI   ${stage.environment.uiUrl}`);
  fact(`model server  ${stage.server.url}   no model yet`);
  const tensorflow = await findTensorFlow();
  if (tensorflow.backend === 'wasm') remark(`training runs on the slower WebAssembly backend: ${tensorflow.reason}`);
}

async function publishPipelines() {
  title('Two pipelines become plans: pawl publish FILE');
  const plans = {};
  for (const file of ['check-file', 'pipeline']) {
    const path = `examples/flight-delays/${file}.ts`;
    const { diagnostics, compiled } = await compilePipeline(path);
    if (!compiled) throw new Error(`${path} does not compile\n${formatDiagnostics(diagnostics)}`);
    const { pipeline, planHash } = await publish(compiled, stage.store);
    plans[pipeline] = compiled.plan;
    fact(`${pipeline.padEnd(18)} ${planHash.slice(0, 19)}   ${path}`);
  }
  return plans;
}

async function checkFile() {
  title('The whole file, checked once against the contract: pawl run flight-file-check');
  const id = 'flight-file-check-2001';
  await startRun(stage.client, stage.environment, { pipeline: 'flight-file-check', params: null, id });
  showFileCheck(await follow(stage, id, 'checking'));
}

async function backfillMonths(plans) {
  const plan = plans[MODEL];
  title(`Five months through the schedule "${plan.schedule.cron}": pawl schedule backfill ${MODEL}`);
  await applySchedule(stage.client, stage.environment, plan);
  const range = { from: new Date('2001-03-01'), to: new Date('2001-07-03') };
  await backfillSchedule(stage.client, stage.environment, MODEL, range);
  const months = [];
  for (const firing of FIRINGS) {
    const startedAt = Date.now();
    const run = await follow(stage, `${MODEL}-${firing}`, firing.slice(0, 10));
    months.push(showMonth(firing, run, Date.now() - startedAt));
  }
  return months;
}

async function askModel(months) {
  const url = `${stage.server.url}/v1/models/${MODEL}:predict`;
  title(`A prediction over HTTP: POST ${url}`);
  const { version } = months.findLast(({ accepted }) => accepted);
  const flights = await realFlights(stage.store, months.at(-1).judgedRows);
  const answer = await predictWith(url, flights, version);
  flights.forEach((flight, index) => {
    const { date, origin, destination, delay } = flight;
    const risk = `${Math.round(answer.predictions[index] * 100)} %`.padStart(4);
    fact(`${date} ${origin} to ${destination}   ${risk} likely to be late   arrived ${lateness(delay)}`);
  });
  remark(`answered by version ${answer.model_version}, and logged with it`);
}

/** A new deployment is picked up within a moment; until then the version before it answers. */
async function predictWith(url, flights, version) {
  for (let tries = 50; tries > 0; tries -= 1) {
    const answer = await predict(url, flights);
    if (answer.model_version === String(version)) return answer;
    await pause(100);
  }
  throw new Error(`the model server does not serve version ${version}, which was deployed`);
}

function lateness(minutes) {
  if (minutes === 0) return 'on time';
  return `${Math.abs(minutes)} min ${minutes > 0 ? 'late' : 'early'}`;
}

function showEnd(months) {
  title('What happened');
  table(...summarise(months));
  remark('AUC decides: the lower end of its difference from the champion, on the same rows, must not be below zero');
  fact('');
  fact(`Temporal UI  ${stage.uiOf()}`);
  for (const { workflowId } of months) fact(`  ${stage.uiOf(workflowId)}`);
  fact(`endpoint     ${stage.server.url}/v1/models/${MODEL}:predict`);
  fact(`took         ${Math.round((Date.now() - began) / 1000)} s`);
  if (!options.keep) remark('All of it ends now; npm run demo -- --keep leaves it up.');
}

/** What the data says, whatever the last digits of a training: anything else means that something is broken. */
function checkExpected(months) {
  const february = months.find(({ model }) => model.trainedOn.partition === '2001-02');
  if (february.accepted) throw new Error("February's model was deployed, although it is worse than January's on March");
  if (!months[0].accepted) throw new Error("January's model was rejected, although there was none before it");
  if (!months.slice(2).some(({ accepted }) => accepted)) throw new Error("no later model did better than January's");
}

async function keepUp() {
  title('Everything stays up until Ctrl-C');
  fact('look around with: PAWL_STATE=.pawl/demo node bin/pawl.js runs');
  await new Promise(() => {});
}

/** Rejects on Ctrl-C, so that whatever is under way is left and everything gets closed. A second one ends at once. */
function interrupted() {
  return new Promise((_, reject) => {
    let asked = false;
    const stop = (signal) => {
      if (asked) process.exit(130);
      asked = true;
      reject(Object.assign(new Error('interrupted'), { exitCode: signal === 'SIGINT' ? 130 : 143 }));
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  });
}

let exitCode = 0;
try {
  await Promise.race([demo(), interrupted()]);
} catch (error) {
  stopLive();
  exitCode = error.exitCode ?? 1;
  if (error.exitCode) remark('stopping');
  else failure(error);
}
stopLive();
await stage.close();
process.exit(exitCode);
