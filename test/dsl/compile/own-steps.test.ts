import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { checkEdgeSchema } from '../../../dsl/compile/index.js';
import type { AnyStep } from '../../../dsl/step.js';

const activities = resolve(import.meta.dirname, '../../../activities');

/** Modules in which a step is declared. */
const modules = readdirSync(activities, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(activities, name))
  .filter((file) => /= (typedStep|step)\b/.test(readFileSync(file, 'utf8')));

const isStep = (value: unknown): value is AnyStep => typeof value === 'function' && 'stepName' in value;

test('Pawl has steps of its own', () => expect(modules.length).toBeGreaterThan(5));

test.each(modules.map((file) => [file.slice(activities.length + 1), file]))('edges of %s are JSON', async (_, file) => {
  const exported = Object.values((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  for (const { declaration } of exported.filter(isStep)) {
    expect(checkEdgeSchema(declaration.input, 'input')).toEqual([]);
    expect(checkEdgeSchema(declaration.output, 'output')).toEqual([]);
  }
});
