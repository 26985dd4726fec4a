/**
 * Writes a project with many distinct steps: each has its own zod schemas and TSDoc, ten of them lie in a file, and
 * each file has a helper that its steps share.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const STEPS_PER_FILE = 10;

/**
 * @param {string} folder where the project goes
 * @param {object} options
 * @param {number} options.steps number of distinct steps, each used once
 * @param {'chain' | 'fan'} [options.shape] each step uses the one before it, or all use the params; default `chain`
 * @param {string} [options.name] name of the pipeline
 * @returns {Promise<{ pipeline: string, stepFiles: string[] }>} absolute paths
 */
export async function generateProject(folder, { steps, shape = 'chain', name = 'generated' }) {
  await mkdir(join(folder, 'steps'), { recursive: true });
  const numbers = Array.from({ length: steps }, (_, number) => number);
  const stepFiles = [];
  for (let first = 0; first < steps; first += STEPS_PER_FILE) {
    const file = join(folder, 'steps', `part-${first / STEPS_PER_FILE}.ts`);
    await writeFile(file, stepFile(first / STEPS_PER_FILE, numbers.slice(first, first + STEPS_PER_FILE)));
    stepFiles.push(file);
  }
  const pipeline = join(folder, 'pipeline.ts');
  await writeFile(pipeline, pipelineFile(numbers, shape, name));
  return { pipeline, stepFiles };
}

function stepFile(part, numbers) {
  return `import { step, z } from 'pawl';

/** Moves a number of part ${part}. */
function move(value: number, by: number): number {
  return value + by * ${part + 1};
}
${numbers.map(stepSource).join('')}`;
}

function stepSource(number) {
  return `
/** Reads table ${number} and reports how many rows it kept. */
export const step${number} = step(
  'step-${number}',
  {
    input: z.object({
      rows${number}: z.number(),
      month: z.string(),
      limits: z.object({ low${number}: z.number().default(0), high: z.number() }).optional(),
    }),
    output: z.object({
      kept${number}: z.number(),
      month: z.string(),
      report: z.object({ name: z.string(), missing${number}: z.number().nullable(), tags: z.array(z.string()) }),
    }),
  },
  ({ rows${number}, month, limits }) => ({
    kept${number}: move(rows${number}, limits?.low${number} ?? ${number}),
    month,
    report: { name: month, missing${number}: null, tags: [month] },
  }),
);
`;
}

function pipelineFile(numbers, shape, name) {
  const files = numbers.filter((number) => number % STEPS_PER_FILE === 0).map((number) => number / STEPS_PER_FILE);
  const imports = files.map((part) => {
    const names = numbers.filter((number) => Math.floor(number / STEPS_PER_FILE) === part).map((n) => `step${n}`);
    return `import { ${names.join(', ')} } from './steps/part-${part}.js';\n`;
  });
  const calls = numbers.map((number) => {
    const before = shape === 'chain' && number > 0 ? `out${number - 1}` : 'params';
    const rows = shape === 'chain' && number > 0 ? `kept${number - 1}` : 'rows';
    const input = `{ rows${number}: ${before}.${rows}, month: ${before}.month, limits: { high: ${number} } }`;
    return `  const out${number} = step${number}(${input});\n`;
  });
  const result =
    shape === 'chain' ? `out${numbers.length - 1}.report` : `[${numbers.map((n) => `out${n}.report.name`).join(', ')}]`;
  return `import { pipeline, z } from 'pawl';
${imports.join('')}
const PARAMS = z.object({
  rows: z.number().describe('Rows of the first table.'),
  month: z.string().describe('As 2001-01.'),
});

/** A pipeline of ${numbers.length} distinct steps. */
export default pipeline('${name}', { params: PARAMS }, (params) => {
${calls.join('')}  return ${result};
});
`;
}
