import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../store/database.js';
import { type Lease, type LeaseOwner, type LeaseStore, openLeaseStore } from '../../store/lease-store.js';
import { startTestJournal } from '../support/journal.js';
import { until } from '../support/until.js';

let stop: () => Promise<void>;
let db: Database;
let leases: LeaseStore;

beforeAll(async () => {
  ({ db, stop } = await startTestJournal());
  leases = openLeaseStore(db);
});
afterAll(() => stop());

const LONG_MS = 60_000;
const owner = (run: string, node = 'train', generation = 0): LeaseOwner => ({
  token: randomUUID(),
  runId: run,
  workflowId: `flights-${run}`,
  node,
  generation,
  worker: 'here:1',
});
const take = (name: string, run: string, more: { slots?: number; ttlMs?: number; beside?: string[] } = {}) =>
  leases.take({ name, owner: owner(run), ttlMs: LONG_MS, ...more });

async function taken(...args: Parameters<typeof take>): Promise<Lease> {
  const answer = await take(...args);
  if (answer.state === 'busy') throw new Error(`held by ${JSON.stringify(answer.by)}`);
  return answer.lease;
}

describe('a lease', () => {
  test('is one attempt’s at a time, and whoever comes learns whose', async () => {
    const lease = await taken('one', 'a');
    expect(await take('one', 'b')).toMatchObject({
      state: 'busy',
      by: [{ run: 'flights-a', runId: 'a', node: 'train', worker: 'here:1', slot: 0 }],
    });
    await leases.release([lease]);
    expect(await take('one', 'b')).toMatchObject({ state: 'taken' });
  });

  test('of many that want it at once goes to one', async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, (_, i) => take('rush', `run-${i}`)));
    expect(answers.filter(({ state }) => state === 'taken')).toHaveLength(1);
  });

  test('with places goes to so many, each with a place of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, (_, i) => take('places', `run-${i}`, { slots: 3 })));
    const given = answers.flatMap((answer) => (answer.state === 'taken' ? [answer.lease] : []));
    expect(given.map(({ slot }) => slot).sort()).toEqual([0, 1, 2]);
    await leases.release([given[1]!]);
    expect(await taken('places', 'late', { slots: 3 })).toMatchObject({ slot: given[1]!.slot });
  });

  test('is given to nobody while more hold it than may by now', async () => {
    const given = await Promise.all([0, 1, 2].map((i) => taken('fewer', `run-${i}`, { slots: 3 })));
    const low = given.find(({ slot }) => slot === 0)!;
    await leases.release([low]);
    expect(await take('fewer', 'late', { slots: 2 })).toMatchObject({ state: 'busy' });
  });

  test('of a holder that has been silent for too long is the next one’s, and lost to the first', async () => {
    const lease = await taken('silent', 'a', { ttlMs: 300 });
    expect(await take('silent', 'b')).toMatchObject({ state: 'busy' });
    let next: Lease | undefined;
    await until(async () => {
      const answer = await take('silent', 'b');
      if (answer.state === 'taken') next = answer.lease;
      return next !== undefined;
    });
    expect(next!.fence).toBeGreaterThan(lease.fence);
    expect(await leases.renew([lease])).toEqual(new Set());
    await leases.release([lease]);
    expect(await leases.renew([next!])).toEqual(new Set([next!.fence]));
  });

  test('that is renewed stays', async () => {
    const lease = await taken('kept', 'a', { ttlMs: 400 });
    for (let i = 0; i < 6; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(await leases.renew([lease])).toEqual(new Set([lease.fence]));
    }
    expect(await take('kept', 'b')).toMatchObject({ state: 'busy' });
  });

  test('of an earlier attempt of the same node is taken over at once', async () => {
    const first = await taken('again', 'a');
    const second = await taken('again', 'a');
    expect(second.fence).toBeGreaterThan(first.fence);
    expect(await leases.renew([first, second])).toEqual(new Set([second.fence]));
  });

  test('is not given while another holds what it excludes, and may be renamed to that', async () => {
    const lease = await taken('work', 'a', { beside: ['work/7'] });
    const renamed = await leases.rename(lease, 'work/7');
    expect(renamed).toMatchObject({ name: 'work/7', fence: lease.fence });
    expect(await take('work', 'b', { beside: ['work/7'] })).toMatchObject({ state: 'busy', by: [{ name: 'work/7' }] });
    const other = await taken('work', 'c', { beside: ['work/8'] });
    expect(await leases.rename(other, 'work/7')).toBeNull();
    expect(await leases.renew([other])).toEqual(new Set([other.fence]));
  });
});

/** What leases promise, said simply: a list of places, each with who holds it and until when. */
class Model {
  private readonly places = new Map<string, { by: string; fence: number }>();

  constructor(private readonly slots: number) {}

  mayTake(run: string): boolean {
    const others = [...this.places.values()].filter(({ by }) => by !== run);
    return others.length < this.slots;
  }

  take(run: string, lease: Lease): void {
    const before = this.places.get(`${lease.slot}`);
    if (before && before.by !== run) throw new Error(`${lease.slot} is ${before.by}'s`);
    this.places.set(`${lease.slot}`, { by: run, fence: lease.fence });
  }

  holds({ slot, fence }: Lease): boolean {
    return this.places.get(`${slot}`)?.fence === fence;
  }

  release(lease: Lease): void {
    if (this.holds(lease)) this.places.delete(`${lease.slot}`);
  }
}

test('any order of taking, renewing and releasing does what a list of places would', async () => {
  const action = fc.record({ kind: fc.constantFrom('take', 'renew', 'release'), who: fc.nat(4) });
  let names = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(action, { maxLength: 25 }), async (slots, actions) => {
      names += 1;
      const model = new Model(slots);
      const latest = new Map<number, Lease>();
      for (const { kind, who } of actions) {
        const held = latest.get(who);
        if (kind === 'take') {
          const answer = await take(`model-${names}`, `run-${who}`, { slots });
          expect(answer.state).toBe(model.mayTake(`run-${who}`) ? 'taken' : 'busy');
          if (answer.state === 'busy') continue;
          model.take(`run-${who}`, answer.lease);
          latest.set(who, answer.lease);
        } else if (held && kind === 'renew') {
          expect((await leases.renew([held])).has(held.fence)).toBe(model.holds(held));
        } else if (held) {
          await leases.release([held]);
          model.release(held);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('whatever is done at the same time, no more than may hold it', async () => {
  const slots = 2;
  let most = 0;
  const holding = new Set<string>();
  const workAt = async (run: string): Promise<void> => {
    for (let turns = 0; turns < 8; ) {
      const answer = await take('crowd', run, { slots });
      if (answer.state === 'busy') continue;
      holding.add(run);
      most = Math.max(most, holding.size);
      await new Promise((resolve) => setTimeout(resolve, turns % 3));
      holding.delete(run);
      await leases.release([answer.lease]);
      turns += 1;
    }
  };
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(workAt));
  expect(most).toBe(slots);
});

test('what expired long ago is forgotten, in the line too; what is held is not', async () => {
  const held = await taken('forget-held', 'a');
  await taken('forget-old', 'a', { ttlMs: 1 });
  await leases.lineUp({ name: 'forget-held', owner: owner('b') }, 1);
  await leases.lineUp({ name: 'forget-held', owner: owner('c') }, LONG_MS);
  const rows = async (table: string) => {
    const text = `select run_id from ${db.schema}.${table} where name like 'forget-%' order by run_id`;
    return (await db.run<{ run_id: string }>({ name: `see_${table}`, text }, [])).map(({ run_id }) => run_id);
  };
  await leases.forget(LONG_MS);
  expect([await rows('leases'), await rows('lease_queue')]).toEqual([
    ['a', 'a'],
    ['b', 'c'],
  ]);
  await until(async () => {
    await leases.forget(0);
    return (await rows('leases')).length === 1 && (await rows('lease_queue')).length === 1;
  });
  expect(await leases.renew([held])).toEqual(new Set([held.fence]));
});
