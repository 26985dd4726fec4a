import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../support/until.js';
import { contract, get, post, row, type ServingParts, scoreOf, startServingParts } from './serving-parts.js';

let parts: ServingParts;
let url: string;
beforeAll(async () => {
  parts = await startServingParts();
  await parts.deploy('delays', { bias: 1 });
  await parts.deploy('delays', { bias: -1 });
  url = (await parts.serve()).url;
});
afterAll(() => parts.stop());

const predict = (body: unknown, target = 'delays', headers = {}) =>
  post(`${url}/v1/models/${target}:predict`, body, headers);

describe('an answer', () => {
  test('has one score and one id a row, and the version that gave them', async () => {
    const { status, json } = await predict({ instances: [row, { ...row, distance: null }] });
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual(['predictions', 'model_version', 'prediction_ids']);
    expect(json.model_version).toBe('2');
    expect(json.predictions).toEqual([expect.closeTo(scoreOf(-1), 5), expect.closeTo(scoreOf(-1), 5)]);
    expect(new Set(json.prediction_ids).size).toBe(2);
  });

  test('is the same when the version is named', async () => {
    const { json } = await predict({ signature_name: 'serving_default', instances: [row] }, 'delays/versions/2');
    expect(json).toMatchObject({ model_version: '2', predictions: [expect.closeTo(scoreOf(-1), 5)] });
  });

  test('is logged with its request, version, contract and row, defaults filled in, and no answer made up', async () => {
    const { origin, distance } = row;
    const instances = [{ origin, distance }, row];
    const { json, headers } = await predict({ instances }, 'delays', { 'x-request-id': 'request-7' });
    expect(headers.get('x-request-id')).toBe('request-7');
    await until(async () => (await logged('request-7')).length === 2);
    const [first, second] = await logged('request-7');
    const model = (await parts.store.registry.champion('delays'))!.model as { contract: { digest: string } };
    expect(first).toMatchObject({ model: 'delays', version: 2, contract: model.contract.digest });
    expect([first, second].map((each) => each!.row)).toContainEqual({ origin, distance, carrier: 'unknown' });
    expect([first, second].map((each) => each!.row)).toContainEqual(row);
    expect([first!.id, second!.id].sort()).toEqual([...json.prediction_ids].sort());
    expect(first!.score).toBeCloseTo(scoreOf(-1), 5);
  });

  test('gets a request id of its own where the client sends none, or one that cannot be kept', async () => {
    const none = await predict({ instances: [row] });
    const long = await predict({ instances: [row] }, 'delays', { 'x-request-id': 'x'.repeat(201) });
    for (const { headers } of [none, long]) expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  async function logged(requestId: string) {
    const all = await parts.store.predictions.of('delays');
    return all.filter((each) => each.requestId === requestId);
  }
});

describe('a request that cannot be answered', () => {
  test.each([
    ['no JSON', '{', /not JSON/],
    ['nothing', '', /not JSON/],
    ['a list', [row], /must be an object/],
    ['no instances', {}, /must be a list/],
    ['instances of another form', { instances: row }, /must be a list/],
    ['empty instances', { instances: [] }, /empty/],
    ['columns instead of rows', { inputs: { origin: ['ATL'] } }, /field "inputs"/],
    ['a row that is no object', { instances: [row, 7] }, /instance 1: expected an object/],
    ['a null row', { instances: [null] }, /instance 0: expected an object/],
    ['a list as row', { instances: [['ATL']] }, /instance 0: expected an object/],
    ['a missing column', { instances: [{ distance: 1 }] }, /instance 0: column "origin" is missing/],
    ['a null where none may be', { instances: [{ ...row, origin: null }] }, /column "origin" is null/],
    ['another type', { instances: [{ ...row, distance: '600' }] }, /"distance" must be .*, got "600"/],
    ['a fraction', { instances: [{ ...row, distance: 0.5 }] }, /"distance" must be a whole number/],
    ['a number beyond all', `{"instances":[{"origin":"ATL","distance":1e999}]}`, /"distance" must be/],
    ['a broken rule', { instances: [{ ...row, distance: -1 }] }, /breaks the rule "at least 0" with -1/],
    ['a broken pattern', { instances: [{ ...row, origin: 'atl' }] }, /column "origin" breaks the rule/],
    ['an unknown column', { instances: [{ ...row, orgin: 'ATL' }] }, /"orgin" is not in the contract.*"origin"/],
    ['a prototype', `{"instances":[{"__proto__":{"origin":"ATL"},"distance":1}]}`, /"__proto__" is not in/],
    ['a wrong label', { instances: [{ ...row, delay: 'late' }] }, /column "delay" must be/],
  ])('%s', async (_, body, message) => {
    const { status, json } = await predict(body);
    expect(json.error).toMatch(message);
    expect(status).toBe(400);
  });

  test('says which instance, which column and which rule, for at most 20 problems', async () => {
    const bad = { origin: 'x', distance: -1 };
    const { json } = await predict({ instances: [row, ...Array.from({ length: 30 }, () => bad)] });
    expect(json.problems).toHaveLength(20);
    expect(json.problems[1]).toMatchObject({ instance: 1, column: 'distance', rule: 'at least 0' });
    expect(json.error).toMatch(/only the first 20/);
  });

  test('a name nobody deployed, with the one that was meant', async () => {
    const { status, json } = await predict({ instances: [row] }, 'delay');
    expect([status, json.error]).toEqual([404, 'there is no model "delay". Did you mean "delays"?']);
  });

  test('a version that is not served', async () => {
    expect(await predict({ instances: [row] }, 'delays/versions/1')).toMatchObject({ status: 404 });
    expect(await predict({ instances: [row] }, 'delays/versions/two')).toMatchObject({ status: 404 });
  });

  test('too many rows, and too large a body, announced or not', async () => {
    const rows = await predict({ instances: Array.from({ length: 10_001 }, () => ({})) });
    expect([rows.status, rows.json.error]).toEqual([413, expect.stringMatching(/at most 10000/)]);
    const large = 'x'.repeat(17 * 1024 * 1024);
    expect(await predict(large)).toMatchObject({ status: 413 });
    const stream = new Blob([large]).stream();
    const target = `${url}/v1/models/delays:predict`;
    const chunked = await fetch(target, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
    expect([chunked.status, await chunked.json()]).toEqual([413, { error: expect.stringMatching(/larger than/) }]);
  });

  test('another method or path', async () => {
    for (const path of ['/v1/models/delays:classify', '/v1/models/delays', '/v2/models/delays/infer', '/']) {
      const { status, json } = await post(`${url}${path}`, { instances: [row] });
      expect([path, status, typeof json.error]).toEqual([path, 404, 'string']);
    }
    expect(await get(`${url}/v1/models/delays:predict`)).toMatchObject({ status: 404 });
  });
});

describe('a model', () => {
  test('has a status', async () => {
    const ok = { error_code: 'OK', error_message: '' };
    const expected = { model_version_status: [{ version: '2', state: 'AVAILABLE', status: ok }] };
    expect((await get(`${url}/v1/models/delays`)).json).toEqual(expected);
    expect((await get(`${url}/v1/models/delays/versions/2`)).json).toEqual(expected);
    expect((await get(`${url}/v1/models`)).json).toEqual({ models: [{ name: 'delays', ...expected }] });
    expect((await get(`${url}/v1/models/delay`)).status).toBe(404);
  });

  test('has metadata: all that a client needs to send rows', async () => {
    const { json } = await get(`${url}/v1/models/delays/metadata`);
    expect(json.model_spec).toEqual({ name: 'delays', version: '2' });
    expect(json.metadata).toMatchObject({ definition: 'one-bias', label: 'delay > 15', label_column: 'delay' });
    expect(json.metadata.contract.columns.map(({ name }: { name: string }) => name)).toEqual(
      contract.columns.map(({ name }) => name),
    );
  });
});

test('healthz lists models and versions', async () => {
  const { status, json } = await get(`${url}/healthz`);
  expect(status).toBe(200);
  expect(json).toMatchObject({
    status: 'ok',
    models: [{ name: 'delays', version: '2', loading: null, failed: null }],
    predictions: { dropped: 0, refused: 0, error: null },
    store: { reachable: true },
  });
});
