import { appendFileSync } from 'node:fs';
import { define, definitionSchema, pipeline, step, z } from 'pawl';
import { factor } from './reuse-far.js';

interface Net {
  readonly kind: 'net';
  readonly name: string;
  readonly width: () => number;
}

const netSchema = definitionSchema<Net>('net');
const net = define('net', 'wide', { width: () => factor() + 1 });

/** Builds what it is given. */
const build = step(
  'build',
  { input: z.object({ file: z.string(), net: netSchema }), output: z.object({ width: z.number() }), cache: 'reuse' },
  ({ file, net: given }) => {
    appendFileSync(file, 'build\n');
    return { width: given.width() };
  },
);

/** Does not know which definition it gets. */
const inner = pipeline('inner', { params: z.object({ file: z.string(), net: netSchema }) }, (params) =>
  build({ file: params.file, net: params.net }),
);

/** Hands a definition to another pipeline. */
export default pipeline('reuse-given', { params: z.object({ file: z.string() }) }, ({ file }) => inner({ file, net }));
