import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { loadEnvironmentFiles } from '../../worker/environment-files.js';
import { firstMalformedLine } from '../../worker/malformed-line.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pawl-env-'));
});

afterEach(async () => {
  for (const name of Object.keys(process.env)) if (name.startsWith('SAMPLE_')) delete process.env[name];
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

const write = (file: string, text: string) => writeFile(join(root, file), text);

test('the process wins over .env.NAME, and that over .env', async () => {
  vi.stubEnv('SAMPLE_A', 'process');
  vi.stubEnv('SAMPLE_EMPTY', '');
  await write('.env', 'SAMPLE_A=1\nSAMPLE_B=1\nSAMPLE_C=1\nSAMPLE_EMPTY=1');
  await write('.env.staging', 'SAMPLE_A=2\nSAMPLE_B=2');
  await write('.env.prod', 'SAMPLE_C=3');
  expect(loadEnvironmentFiles({ root, name: 'staging' })).toEqual([join(root, '.env.staging'), join(root, '.env')]);
  expect(process.env).toMatchObject({ SAMPLE_A: 'process', SAMPLE_B: '2', SAMPLE_C: '1', SAMPLE_EMPTY: '' });
});

test('no files are no problem', () => {
  expect(loadEnvironmentFiles({ root, name: 'dev' })).toEqual([]);
});

test.each([
  ['SAMPLE_A=1\nhunter2\n', ':2: this is not NAME=VALUE'],
  ['\n\n=hunter2', ':3: this is not NAME=VALUE'],
  ['SAMPLE_A="hunter2\nSAMPLE_B=1', ':1: the quote is not closed'],
  ['SAMPLE_A="a\nb"\nhunter2 hunter2', ':3: this is not NAME=VALUE'],
  ['PAWL_ENV=hunter2', ': PAWL_ENV chooses which of these files are read'],
])('%j is refused with its place and without its value', async (text, problem) => {
  await write('.env', text);
  const load = () => loadEnvironmentFiles({ root, name: 'dev' });
  expect(load).toThrow(`${join(root, '.env')}${problem}`);
  expect(load).not.toThrow('hunter2');
  expect(process.env.SAMPLE_A).toBeUndefined();
});

test('what no line is refused for is read whole', () => {
  const value = fc.oneof(
    fc.stringMatching(/^[\w./:@-]*$/),
    fc.stringMatching(/^[\w \n#=]*$/).map((text) => `"${text}"`),
    fc.stringMatching(/^[\w \n#="]*$/).map((text) => `'${text}'`),
  );
  const line = fc.oneof(
    fc.tuple(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/), value, fc.constantFrom('', 'export ')),
    fc.constantFrom(null, ''),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(line, { selector: (each) => (Array.isArray(each) ? each[0] : fc.stringify(each)) }),
      (lines) => {
        const text = lines
          .map((each) => (Array.isArray(each) ? `${each[2]}${each[0]}=${each[1]}` : '# note'))
          .join('\n');
        expect(firstMalformedLine(text)).toBeNull();
        expect(Object.keys(parse(text))).toEqual(lines.flatMap((each) => (Array.isArray(each) ? [each[0]] : [])));
      },
    ),
  );
});
