import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { locateSource } from '../../../../activities/data/source/locate-source.js';
import { csv, parquet } from '../../../../activities/data/source/source.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pawl-source-'));
  await mkdir(join(root, 'node_modules/@scope/pack/data'), { recursive: true });
  await mkdir(join(root, 'project'));
  await writeFile(join(root, 'node_modules/@scope/pack/data/a.csv'), 'x\n1\n');
  await writeFile(join(root, 'project/a.csv'), 'x\n1\n');
  await writeFile(join(root, 'project/empty.csv'), '');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('locateSource', () => {
  it('finds packages from the project upwards, relative and absolute paths, and file URLs', async () => {
    const project = join(root, 'project');
    const file = join(project, 'a.csv');
    for (const uri of ['a.csv', './a.csv', file, pathToFileURL(file).href]) {
      expect(await locateSource(uri, project)).toEqual({ path: file, bytes: 4 });
    }
    const packed = await locateSource('npm:@scope/pack/data/a.csv', project);
    expect(packed.path).toBe(join(root, 'node_modules/@scope/pack/data/a.csv'));
  });

  it.each([
    ['b.csv', /^b\.csv does not exist \(looked for .*b\.csv\)$/],
    ['.', /is a folder/],
    ['empty.csv', /is empty: 0 bytes/],
    ['npm:absent/a.csv', /the package "absent" is not installed/],
    ['npm:@scope/pack', /names no file of a package/],
    ['npm:@scope/pack/../../../project/a.csv', /leads out of its package/],
    ['npm:@scope/pack/none.csv', /does not exist/],
  ])('says what is wrong with %s', async (uri, message) => {
    const failure = expect(locateSource(uri, join(root, 'project'))).rejects;
    await failure.toMatchObject({ type: 'InvalidData', retryable: false, message: expect.stringMatching(message) });
  });
});

describe('parquet and csv', () => {
  it('give plain JSON', () => {
    const source = parquet('a.parquet', { partition: { column: 'date', by: 'month' } });
    expect(source).toEqual({
      kind: 'source',
      format: 'parquet',
      uri: 'a.parquet',
      partition: { column: 'date', by: 'month' },
    });
    expect(csv('a.csv')).toMatchObject({ format: 'csv', delimiter: ',', columns: null, nulls: [''] });
  });

  it('refuse addresses that cannot be read', () => {
    expect(() => parquet('https://example.com/a.parquet')).toThrow(/not an address/);
    expect(() => csv('s3://bucket/a.csv')).toThrow(/not an address/);
  });
});
