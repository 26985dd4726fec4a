import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Quoted } from '../../../plan/binding.js';
import { digestOf } from '../../../plan/canonical.js';
import type { CacheFacts } from '../../../store/index.js';
import { bundleOf, cacheKey, type KeyParts } from '../../../worker/reuse/cache-key.js';
import { findReusable } from '../../../worker/reuse/find-reusable.js';
import { inputDigests } from '../../../worker/reuse/input-digests.js';
import { sampleClaim } from '../../support/samples.js';
import { startTestStore, type TestStore } from '../../support/store.js';

let opened: TestStore;
let runs = 0;

beforeAll(async () => {
  opened = await startTestStore();
});
afterAll(() => opened.stop());

interface Execution {
  readonly node: string;
  readonly input?: Quoted;
  readonly code?: string;
  readonly parts?: Partial<KeyParts>;
  readonly facts?: Partial<CacheFacts>;
  readonly packages?: Readonly<Record<string, string>>;
}

async function partsOf({ input = { epochs: 4, rows: 'all' }, code = 'code', parts = {} }: Execution) {
  const known: KeyParts = {
    step: 'load',
    fingerprint: digestOf(code),
    environment: null,
    linked: {},
    bundle: null,
    input: await inputDigests(input, opened.store.artifacts),
    ...parts,
  };
  return { input, known };
}

/** Commits an execution, and gives its workflow id. */
async function executed(execution: Execution): Promise<string> {
  const { input, known } = await partsOf(execution);
  const { journal } = opened.store;
  runs += 1;
  const { node, facts = {}, packages = {} } = execution;
  const { fingerprint } = known;
  const workflowId = `flights-${runs}`;
  const claim = await journal.claim(sampleClaim({ runId: `run-${runs}`, workflowId, node, input, fingerprint }));
  if (claim.state !== 'claimed') throw new Error('it is committed already');
  const all: CacheFacts = { ...known, packages, reads: [], refused: null, ...facts };
  await journal.commit({
    key: { runId: `run-${runs}`, node, generation: 0 },
    token: claim.token,
    output: { n: runs },
    cache: { key: all.refused ? null : cacheKey(known), seed: null, facts: all, reason: '', from: null },
  });
  return workflowId;
}

async function whyOf(execution: Execution): Promise<string> {
  const { input, known } = await partsOf(execution);
  const { node, packages = {} } = execution;
  const query = { ...known, pipeline: 'flight-delays', node, seed: 1, recorded: input, packages };
  return (await findReusable({ ...query, previous: async () => null }, opened.store)).reason;
}

test('the same again is reused, in whatever node', async () => {
  const run = await executed({ node: 'same' });
  expect(await whyOf({ node: 'same' })).toBe(`reused from run ${run}`);
  expect(await whyOf({ node: 'renamed' })).toBe(`reused from run ${run}, node same`);
});

test.each<[string, Execution, Execution, string]>([
  [
    'a number',
    { node: 'a' },
    { node: 'a', input: { epochs: 6, rows: 'all' } },
    'input changed since RUN: epochs 4 → 6',
  ],
  [
    'several parts',
    { node: 'b', input: { a: 1, b: 1, c: 1, d: 1 } },
    { node: 'b', input: { a: 2, b: 2, c: 2, d: 2 } },
    'input changed since RUN: a 1 → 2, b 1 → 2, c 1 → 2, and 1 more',
  ],
  [
    'something long',
    { node: 'c', input: { rows: 'x'.repeat(100) } },
    { node: 'c', input: { rows: 'y'.repeat(100) } },
    'input changed since RUN: rows',
  ],
  ['all of it', { node: 'd', input: 'flights' }, { node: 'd', input: 'trains' }, 'input changed since RUN: all of it'],
  ['code', { node: 'e' }, { node: 'e', code: 'other' }, 'code changed since RUN'],
  [
    'a package',
    { node: 'f', packages: { zod: '4.6.6' } },
    { node: 'f', code: 'other', packages: { zod: '4.6.7' } },
    'code changed since RUN (package zod 4.6.6 → 4.6.7)',
  ],
  [
    'the backend',
    { node: 'g', code: 'g', parts: { environment: 'wasm' } },
    { node: 'g', code: 'g', parts: { environment: 'native' } },
    'RUN computed with wasm, here it would be native',
  ],
  [
    'a linked package',
    { node: 'h', code: 'h', parts: { linked: { tools: digestOf('1') } } },
    { node: 'h', code: 'h', parts: { linked: { tools: digestOf('2') } } },
    'linked package tools changed since RUN',
  ],
  [
    'another step',
    { node: 'i', code: 'i' },
    { node: 'i', code: 'i', parts: { step: 'unload' } },
    'in RUN this node was another step, load',
  ],
  [
    'what no key can hold',
    { node: 'j', code: 'j', facts: { refused: 'ctx.registry' } },
    { node: 'j', code: 'j' },
    'RUN does not offer its output: the step uses ctx.registry',
  ],
  [
    'what it reads of an earlier run',
    { node: 'k', code: 'k', facts: { reads: [{ node: null, digest: digestOf('before') }] } },
    { node: 'k', code: 'k' },
    'what it reads of an earlier run is not what RUN read',
  ],
  [
    'the code of a definition that came as a value',
    { node: 'l', code: 'l', parts: { bundle: digestOf('1') } },
    { node: 'l', code: 'l', parts: { bundle: digestOf('2') } },
    'code changed since RUN, maybe of a definition that the run gives it',
  ],
])('says that %s has changed', async (_, before, now, reason) => {
  const run = await executed(before);
  expect(await whyOf(now)).toBe(reason.replace('RUN', `run ${run}`));
});

test('the bundle counts only for definitions that the node does not name itself', () => {
  const bundle = digestOf('bundle');
  const net = { $code: 'model/net' };
  expect(bundleOf({ model: net, n: 1 }, ['model/net'], bundle)).toBeNull();
  expect(bundleOf({ model: net, n: 1 }, [], bundle)).toBe(bundle);
  expect(
    bundleOf({ model: { $orElse: [{ $spill: digestOf('x'), bytes: 1, path: [] }, net], path: [] } }, [], bundle),
  ).toBe(bundle);
  expect(bundleOf({ model: { $lit: net } }, [], bundle)).toBeNull();
});
