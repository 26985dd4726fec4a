import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { toMermaid, toSvg } from '../../dsl/compile/index.js';
import { withExamples } from '../example.js';
import { loadPlans, PLAN_TARGET } from '../load-plan.js';
import { printLine } from '../output.js';

export function addGraphCommand(program: Command): void {
  withExamples(
    program
      .command('graph <pipeline>')
      .description('draw the graph of a pipeline, as Mermaid or as a picture')
      .option('--svg [file]', 'draw a picture in SVG, written to this file')
      .option('--out <file>', 'write to this file. Default: standard output')
      .addHelpText('after', `\nPIPELINE is ${PLAN_TARGET}.`)
      .action(graph),
    'pawl graph examples/flight-delays/pipeline.ts > graph.mmd',
    'pawl graph examples/flight-delays/pipeline.ts --svg graph.svg',
    'pawl graph flight-delays --svg --out graph.svg',
  );
}

interface GraphOptions {
  readonly svg?: string | true;
  readonly out?: string;
}

async function graph(target: string, { svg, out }: GraphOptions): Promise<void> {
  const [given] = await loadPlans([target]);
  const { plan, annotations } = given!;
  const text = svg === undefined ? toMermaid(plan, annotations) : await toSvg(plan, annotations);
  const file = out ?? (typeof svg === 'string' ? svg : undefined);
  if (file === undefined) return printLine(text.trimEnd());
  await writeFile(file, text);
  printLine(file);
}
