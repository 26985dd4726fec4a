import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FailureType, PawlError } from '../../../plan/failure.js';
import { isOutage } from '../../../worker/steps/failures.js';
import { Scratch } from '../../../worker/steps/scratch.js';

const outage = new PawlError(FailureType.StoreUnavailable, 'Postgres is away');

describe('an outage is nobody’s failure', () => {
  test('also when the step has wrapped it', () => {
    expect(isOutage(outage)).toBe(true);
    expect(isOutage(new Error('cannot save', { cause: new Error('again', { cause: outage }) }))).toBe(true);
  });

  test('and nothing else is one', () => {
    const circle = new Error('a');
    circle.cause = new Error('b', { cause: circle });
    const wrong = new PawlError(FailureType.InvalidValue, 'wrong');
    for (const error of [circle, wrong, new Error('x', { cause: wrong }), 'text', null]) {
      expect(isOutage(error)).toBe(false);
    }
  });

  test('nor is it when a worker has no room for a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pawl-scratch-'));
    await writeFile(join(folder, 'a-file'), '');
    const scratch = new Scratch(join(folder, 'a-file'));
    expect(() => scratch.folder).toThrow(expect.objectContaining({ type: 'StoreUnavailable' }));
    await rm(folder, { recursive: true });
  });
});
