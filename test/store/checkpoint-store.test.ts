import { afterAll, beforeAll, expect, test } from 'vitest';
import { digestOf } from '../../plan/canonical.js';
import { FailureType } from '../../plan/failure.js';
import type { Checkpoint } from '../../plan/registry.js';
import type { ClaimOptions } from '../../store/index.js';
import { sampleClaim } from '../support/samples.js';
import { startTestStore, type TestStore } from '../support/store.js';

let parts: TestStore;
beforeAll(async () => {
  parts = await startTestStore();
});
afterAll(() => parts.stop());

async function claimedNode(changes: Partial<ClaimOptions>) {
  const claim = sampleClaim({ node: 'train', ...changes });
  const claimed = await parts.store.journal.claim(claim);
  if (claimed.state !== 'claimed') throw new Error('it is committed already');
  const { runId, node, generation } = claim;
  return { runId, node, generation, token: claimed.token };
}

const checkpoint = (step: number): Checkpoint => ({
  step,
  artifact: { digest: digestOf(`weights ${step}`), bytes: 9, mediaType: 'application/octet-stream' },
});

test('the next attempt, and the next generation, find the latest checkpoint', async () => {
  const first = parts.store.checkpoints(await claimedNode({ runId: 'resumed' }));
  expect(await first.latest()).toBeNull();
  for (const step of [1, 2, 2]) await first.save(checkpoint(step));
  const second = parts.store.checkpoints(await claimedNode({ runId: 'resumed', attempt: 2 }));
  expect(await second.latest()).toEqual(checkpoint(2));
  const again = parts.store.checkpoints(await claimedNode({ runId: 'resumed', generation: 1 }));
  expect(await again.latest()).toEqual(checkpoint(2));
  const another = parts.store.checkpoints(await claimedNode({ runId: 'another' }));
  expect(await another.latest()).toBeNull();
  expect(await parts.store.lineage.artifact(checkpoint(2).artifact.digest)).toEqual(checkpoint(2).artifact);
});

test('an attempt that was taken over, or has committed, cannot save', async () => {
  const old = await claimedNode({ runId: 'fenced' });
  const owner = await claimedNode({ runId: 'fenced' });
  const fenced = { type: FailureType.Fenced };
  await expect(parts.store.checkpoints(old).save(checkpoint(1))).rejects.toMatchObject(fenced);
  await parts.store.checkpoints(owner).save(checkpoint(3));
  await parts.store.journal.commit({ key: owner, token: owner.token, output: null });
  await expect(parts.store.checkpoints(owner).save(checkpoint(4))).rejects.toMatchObject(fenced);
  expect(await parts.store.checkpoints(old).latest()).toEqual(checkpoint(3));
});

test('claims and saves at the same time: once a claim is answered, no older attempt saves', async () => {
  const runId = 'together';
  for (let round = 0; round < 10; round += 1) {
    const old = await claimedNode({ runId });
    const saving = parts.store
      .checkpoints(old)
      .save(checkpoint(round))
      .catch(() => 'fenced');
    const owner = await claimedNode({ runId });
    const seen = await parts.store.checkpoints(owner).latest();
    await saving;
    expect(await parts.store.checkpoints(owner).latest()).toEqual(seen);
  }
});
