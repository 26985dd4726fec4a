import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstLine, withDuckDb } from '../../../activities/data/duckdb.js';

let scratch: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'pawl-duckdb-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('withDuckDb', () => {
  it('answers queries with values, in UTC', async () => {
    await withDuckDb({ scratch }, async (db) => {
      expect(await db.rows('SELECT $1::INT + 1 AS n, $2 AS s', [1, "it's"])).toEqual([{ n: 2, s: "it's" }]);
      expect(await db.rows(`SELECT CAST(TIMESTAMPTZ '2001-01-01 00:00:00+02' AS VARCHAR) AS t`)).toEqual([
        { t: '2000-12-31 22:00:00+00' },
      ]);
    });
  });

  it('spills to the scratch folder when memory is short', async () => {
    const sorted = await withDuckDb({ scratch, memory: 64, threads: 2 }, (db) =>
      db.rows(`SELECT count(*)::INT AS n, min(x)::INT AS low FROM
        (SELECT hash(i)::VARCHAR || i AS t, i AS x FROM range(0, 3000000) r(i) ORDER BY t)`),
    );
    expect(sorted).toEqual([{ n: 3000000, low: 0 }]);
  });

  it('stops a query under way when the signal is aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('cancelled');
    setTimeout(() => stop.abort(reason), 100);
    const started = performance.now();
    const query = withDuckDb({ scratch, signal: stop.signal }, (db) =>
      db.rows('SELECT sum(hash(a.i, b.i)) FROM range(0, 1000000) a(i), range(0, 1000000) b(i)'),
    );
    await expect(query).rejects.toBe(reason);
    expect(performance.now() - started).toBeLessThan(5_000);
    await expect(withDuckDb({ scratch, signal: stop.signal }, async () => 1)).rejects.toBe(reason);
  });

  it.runIf(existsSync('/dev/full'))('reports a full disk as something to try again', async () => {
    const query = withDuckDb({ scratch }, (db) =>
      db.run(`COPY (SELECT hash(i) AS h FROM range(0, 100000) r(i)) TO '/dev/full' (FORMAT csv)`),
    );
    await expect(query).rejects.toMatchObject({ type: 'StoreUnavailable', retryable: true });
  });

  it('passes DuckDB errors on', async () => {
    const error: unknown = await withDuckDb({ scratch }, (db) => db.rows('SELECT nothing')).catch((e: unknown) => e);
    expect(firstLine(error)).toMatch(/^Binder Error: .*nothing/);
  });
});
