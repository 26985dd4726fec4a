import fc from 'fast-check';
import type { Pipeline } from '../../../dsl/index.js';
import * as pawl from '../../../dsl/index.js';
import type { Trace } from '../../../dsl/trace.js';

/** What a statement of a random program does. */
export type StatementKind = LeafKind | (typeof BODIES)[number] | (typeof WAYS)[number];
type LeafKind = (typeof LEAVES)[number];

const LEAVES = ['step', 'reject', 'approval', 'wait', 'sleep', 'orElse', 'collect'] as const;
/** Kinds with a block inside of them. */
const BODIES = ['map', 'reduce', 'pipeline'] as const;
/** Kinds with two blocks, of which one is taken. */
const WAYS = ['when', 'match', 'present'] as const;

export const STATEMENT_KINDS: readonly StatementKind[] = [...LEAVES, ...BODIES, ...WAYS];
/** Kinds that need nobody from outside: a run of such a program ends by itself. */
export const UNATTENDED_KINDS = STATEMENT_KINDS.filter((kind) => kind !== 'approval' && kind !== 'wait');

/** One statement; `reads` and `after` are positions among the values and nodes that it can see. */
export interface Statement {
  readonly kind: StatementKind;
  readonly reads: readonly number[];
  readonly after: readonly number[];
  readonly blocks: readonly Program[];
}

export type Program = readonly Statement[];

const positions = (maxLength: number) => fc.array(fc.nat({ max: 50 }), { maxLength });

/** Random programs of these kinds of statements inside each other. */
export function programsOf(kinds: readonly StatementKind[]): fc.Arbitrary<Program> {
  const only = <K extends StatementKind>(from: readonly K[]) => from.filter((kind) => kinds.includes(kind));
  const head = { reads: positions(4), after: positions(2) };
  return fc.letrec<{ program: Program; statement: Statement }>((tie) => {
    const inside = (count: number) => fc.array(tie('program'), { minLength: count, maxLength: count });
    const groups = [
      { from: only(LEAVES), blocks: 0 },
      { from: only(BODIES), blocks: 1 },
      { from: only(WAYS), blocks: 2 },
    ].filter(({ from }) => from.length > 0);
    const statements = groups.map(({ from, blocks }) =>
      fc.record({ kind: fc.constantFrom(...from), ...head, blocks: inside(blocks) }),
    );
    return {
      program: fc.array(tie('statement'), { maxLength: 5 }),
      statement: fc.oneof({ depthSize: 'small', withCrossShrink: true }, ...statements),
    };
  }).program;
}

/** Random programs of everything there is. */
export const program: fc.Arbitrary<Program> = programsOf(STATEMENT_KINDS);

export interface WriteOptions {
  /** Names a node by its number. Default: `n0`, `n1`… */
  readonly nameOf?: (number: number) => string;
  /** What runs on exit. Default: nothing. */
  readonly exit?: Program;
  /** A line that is put before a statement, counted as they are written; it is told what it can use there. */
  readonly plant?: { readonly at: number; readonly write: (scope: VisibleNames) => string };
}

/** Names of variables that can be used at a place of a program. */
export interface VisibleNames {
  /** Of all values. */
  readonly values: readonly string[];
  /** Of those with the properties `ok`, `list`, `maybe` and `variant`: at least the params. */
  readonly works: readonly string[];
  /** Of what nodes put out. */
  readonly nodes: readonly string[];
}

/** The sources of a pipeline file with a random program. Everything it makes is used. */
export function writeProgram(statements: Program, options: WriteOptions = {}): string {
  return new Writer(options).file(statements);
}

/** Declares the pipeline of a random program in this process. */
export function declareProgram(statements: Program, options: WriteOptions = {}): Pipeline {
  const text = writeProgram(statements, options)
    .replace(/^import (\{[^}]*\}) from 'pawl';/, 'const $1 = pawl;')
    .replace('export default', 'return');
  return new Function('pawl', text)(pawl) as Pipeline;
}

/** Draws a random program. */
export function traceProgram(statements: Program, options: WriteOptions = {}): Trace {
  return declareProgram(statements, options).trace();
}

const HEAD = `import { approval, collect, map, match, onExit, orElse, pipeline, present, reduce, reject, sleep, step, waitFor, when, z } from 'pawl';

const value = z.object({
  ok: z.boolean().describe('Whether it is.'),
  list: z.array(z.string()).describe('Some texts.'),
  maybe: z.string().nullable().describe('A text, or nothing.'),
  variant: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), a: z.string() }),
    z.object({ kind: z.literal('b'), b: z.int() }),
  ]).describe('One or the other.'),
});

/** Makes a value of anything; every second one is another. */
const work = step('work', { input: z.json(), output: value, light: true }, (input) => {
  const size = JSON.stringify(input).length;
  const odd = size % 2 === 1;
  return {
    ok: odd,
    list: odd ? ['x', 'y'] : [],
    maybe: odd ? null : String(size),
    variant: odd ? { kind: 'a', a: 'a' } : { kind: 'b', b: size },
  };
});
`;

/** Writes statements one after the other; `count` numbers nodes and variables through the whole file. */
class Writer {
  private count = 0;
  private pipelines = 0;
  private written = 0;
  private planted = false;
  private readonly declared: string[] = [];

  constructor(private readonly options: WriteOptions) {}

  file(statements: Program): string {
    const body = this.block(statements, { values: ['params'], works: ['params'], nodes: [] }, () => this.exit());
    const declared = this.declared.map((text) => `\n${text}`).join('');
    const main = `/** A random one. */\nexport default pipeline('random', { params: value }, (params) => ${body});\n`;
    return `${HEAD}${declared}\n${main}`;
  }

  private exit(): string {
    const { exit } = this.options;
    if (!exit) return '';
    return `onExit((run) => ${this.block(exit, { values: ['params', 'run'], works: ['params'], nodes: [] })});\n`;
  }

  private block(statements: Program, around: VisibleNames, last: () => string = () => ''): string {
    const scope = { values: [...around.values], works: [...around.works], nodes: [...around.nodes] };
    const lines = statements.map((statement) => this.plant(scope) + this.statement(statement, scope));
    const own = scope.values.slice(around.values.length);
    const end = around.values.length === 1 ? this.plant(scope, true) : '';
    return `{\n${lines.join('')}${end}${last()}return [${own.join(', ')}];\n}`;
  }

  private plant(scope: VisibleNames, late = false): string {
    const { plant } = this.options;
    const here = late || this.written === plant?.at;
    this.written += 1;
    if (!plant || this.planted || !here) return '';
    this.planted = true;
    return `${plant.write(scope)}\n`;
  }

  private statement(statement: Statement, scope: { values: string[]; works: string[]; nodes: string[] }): string {
    const number = this.count++;
    const name = `v${number}`;
    const { kind } = statement;
    const text = `const ${name} = ${this.expression(statement, number, scope)};\n`;
    // What a reject puts out is never there.
    if (kind !== 'reject') scope.values.push(name);
    if (kind === 'step' || kind === 'reduce') scope.works.push(name);
    if (kind !== 'reject' && kind !== 'orElse' && kind !== 'collect') scope.nodes.push(name);
    return text;
  }

  private expression(statement: Statement, number: number, scope: VisibleNames): string {
    const { kind, blocks } = statement;
    const pick = (from: readonly string[], position: number) => from[position % from.length]!;
    const read = statement.reads.map((position) => pick(scope.values, position));
    const source = pick(scope.works, statement.reads[0] ?? 0);
    const after = scope.nodes.length === 0 ? [] : statement.after.map((position) => pick(scope.nodes, position));
    const id = (this.options.nameOf ?? ((at) => `n${at}`))(number);
    const order = after.length === 0 ? '' : `, after: [${after.join(', ')}]`;
    const options = `{ id: '${id}'${order} }`;
    const inner = (at: number, more: readonly string[] = [], works: readonly string[] = []) =>
      this.block(blocks[at]!, {
        values: [...scope.values, ...more],
        works: [...scope.works, ...works],
        nodes: scope.nodes,
      });
    switch (kind) {
      case 'step':
        return `work({ read: [${read.join(', ')}] }, ${options})`;
      case 'reject':
        return `reject(${source}, ${options})`;
      case 'approval':
        return `approval({ ask: 'Good?', show: [${read.join(', ')}], ${options.slice(2)})`;
      case 'wait':
        return `waitFor('${id}', z.object({ text: z.string() }), { timeout: '1h'${order} })`;
      case 'sleep':
        return `sleep(1, ${options})`;
      case 'orElse':
        return `orElse(${source}.maybe, 'none')`;
      case 'collect':
        return `collect([${read.join(', ')}])`;
      case 'map':
        return `map(${source}.list, (item${number}) => ${inner(0, [`item${number}`])}, ${options})`;
      case 'reduce':
        return `reduce(${source}.list, ${source}, (value${number}, item${number}) => {
const inside = (() => ${inner(0, [`value${number}`, `item${number}`], [`value${number}`])})();
return work({ inside }, { id: 'last' });
}, ${options})`;
      case 'pipeline':
        return `${this.pipeline(blocks[0]!)}(${source}, ${options})`;
      case 'when':
        return `when(${source}.ok, () => ${inner(0)}, () => ${inner(1)}, ${options})`;
      case 'match':
        return `match(${source}.variant, 'kind', { a: (a${number}) => ${inner(0, [`a${number}`])}, b: () => ${inner(1)} }, ${options})`;
      case 'present':
        return `present(${source}.maybe, (there${number}) => ${inner(0, [`there${number}`])}, () => ${inner(1)}, ${options})`;
    }
  }

  private pipeline(body: Program): string {
    this.pipelines += 1;
    const name = `inner${this.pipelines}`;
    const text = this.block(body, { values: ['params'], works: ['params'], nodes: [] });
    this.declared.push(
      `/** An inner one. */\nconst ${name} = pipeline('${name}', { params: value }, (params) => ${text});\n`,
    );
    return name;
  }
}
