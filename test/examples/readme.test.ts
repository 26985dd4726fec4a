import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (file: string): Promise<string> => readFile(fileURLToPath(new URL(file, root)), 'utf8');

/** Code without comments and without what only the layout of the file needs. */
function bare(code: string): string {
  return code
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .trim();
}

test('the pipeline in the README is the one that runs', async () => {
  const readme = await read('README.md');
  const shown = readme.match(/```ts\n(import \{ pipeline[\s\S]*?)```/)?.[1];
  expect(bare(shown ?? '')).toBe(bare(await read('examples/flight-delays/pipeline.ts')));
});

test('every file that the README and the documents link to exists', async () => {
  for (const file of [
    'README.md',
    'CONTRIBUTING.md',
    'docs/running.md',
    'docs/language.md',
    'docs/client.md',
    'docs/testing.md',
    'docs/decisions/README.md',
  ]) {
    const links = [...(await read(file)).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => link!);
    for (const link of links) {
      const target = fileURLToPath(new URL(link, new URL(file, root)));
      await expect(readFile(target), `${link} in ${file}`).resolves.toBeDefined();
    }
  }
});
