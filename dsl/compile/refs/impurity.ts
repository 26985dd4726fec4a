import type { ts } from 'ts-morph';
import type { DiagnosticCode, Finding } from '../diagnostic.js';
import { placeOf } from '../source-index.js';
import type { Value } from './value.js';

type ImpurityCode = Extract<DiagnosticCode, `impure-${string}`>;

/** Something that has another result each time, or does something to the world. */
export interface Impurity {
  readonly code: ImpurityCode;
  /** How the author would call it. */
  readonly name: string;
  readonly warning?: boolean;
}

const CALLS: Readonly<Record<string, ImpurityCode>> = {
  Date: 'impure-clock',
  'Date.now': 'impure-clock',
  'performance.now': 'impure-clock',
  'process.hrtime': 'impure-clock',
  'process.hrtime.bigint': 'impure-clock',
  'process.uptime': 'impure-clock',
  setTimeout: 'impure-clock',
  setInterval: 'impure-clock',
  'Math.random': 'impure-random',
  'crypto.randomUUID': 'impure-random',
  'crypto.getRandomValues': 'impure-random',
  'process.cwd': 'impure-environment',
  'process.memoryUsage': 'impure-environment',
  fetch: 'impure-io',
  'process.exit': 'impure-io',
  'process.stdout.write': 'impure-io',
  'process.stderr.write': 'impure-io',
};

const PARTS = new Set(['env', 'argv', 'execArgv', 'platform', 'arch', 'pid', 'version', 'versions', 'title', 'stdin']);

/** Node's own modules whose functions all do the same kind of thing. */
const MODULES: Readonly<Record<string, ImpurityCode>> = {
  child_process: 'impure-io',
  cluster: 'impure-io',
  dgram: 'impure-io',
  dns: 'impure-io',
  'dns/promises': 'impure-io',
  fs: 'impure-io',
  'fs/promises': 'impure-io',
  http: 'impure-io',
  http2: 'impure-io',
  https: 'impure-io',
  net: 'impure-io',
  os: 'impure-environment',
  readline: 'impure-io',
  tls: 'impure-io',
  worker_threads: 'impure-io',
};

const RANDOM_OF_CRYPTO = /^(random|getRandomValues|generateKey|generatePrime)/;

/** What is impure about calling something; undefined for what gives the same each time, and for the unknown. */
export function impureCall(callee: Value, hasArguments: boolean): Impurity | undefined {
  if (callee.kind === 'package') return impureExport(callee.specifier.replace(/^node:/, ''), callee.name);
  if (callee.kind !== 'global') return undefined;
  const name = callee.name.replace(/^(globalThis|global)\./, '');
  if (name === 'new Date') return hasArguments ? undefined : { code: 'impure-clock', name: 'new Date()' };
  if (/^console\./.test(name)) return { code: 'impure-io', name, warning: true };
  if (/^Temporal\.Now\./.test(name)) return { code: 'impure-clock', name };
  const code = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
  return code && { code, name };
}

/** What is impure about reading something. */
export function impurePart(part: Value): Impurity | undefined {
  if (part.kind === 'package') {
    const isProcess = /^(node:)?process$/.test(part.specifier) && PARTS.has(part.name);
    return isProcess ? { code: 'impure-environment', name: `process.${part.name}` } : undefined;
  }
  if (part.kind !== 'global') return undefined;
  const [, name] = /^(?:(?:globalThis|global)\.)?process\.(\w+)$/.exec(part.name) ?? [];
  return name !== undefined && PARTS.has(name) ? { code: 'impure-environment', name: `process.${name}` } : undefined;
}

function impureExport(specifier: string, name: string): Impurity | undefined {
  if (specifier === 'crypto') return RANDOM_OF_CRYPTO.test(name) ? { code: 'impure-random', name } : undefined;
  if (specifier === 'perf_hooks' && name.startsWith('performance')) return { code: 'impure-clock', name };
  const code = Object.hasOwn(MODULES, specifier) ? MODULES[specifier] : undefined;
  return code && { code, name };
}

const USES: Readonly<Record<ImpurityCode, { readonly is: string; readonly hint: string }>> = {
  'impure-clock': {
    is: 'is another time whenever the graph is drawn, and the graph another one with it',
    hint: 'Take the time of the run in a step, from ctx.run.nominalTime, or let schedule.params make a param of it.',
  },
  'impure-random': {
    is: 'is another value whenever the graph is drawn, and the graph another one with it',
    hint: 'Draw it in a step, from ctx.seed, or take it as a param.',
  },
  'impure-environment': {
    is: 'is another one on each machine, and the graph with it',
    hint: 'Take it as a param, read it in a step, or use secret(…) for what nobody should see.',
  },
  'impure-io': {
    is: 'happens when the pipeline is compiled, not when it runs',
    hint: 'Do it in a step, whose output later steps can read.',
  },
};

/** @param inModule it runs when its file is imported, which is less often but no better */
export function impureFinding({ code, name, warning }: Impurity, node: ts.Node, inModule: boolean): Finding {
  const { is, hint } = USES[code];
  return {
    code,
    ...(warning || inModule ? { severity: 'warning' } : {}),
    message: `\`${name}\` ${is}`,
    hint,
    place: placeOf(node),
  };
}
