import type { ts } from 'ts-morph';
import { type Digest, digestOf, digestOfJson } from '../../plan/canonical.js';
import { normaliseCode } from './normalise.js';
import { packageName } from './packages.js';
import type { SourceIndex, SourceModule, Target } from './source-index.js';

/** What a piece of code consists of, as far as its results can depend on it. */
export interface CodeFingerprint {
  readonly fingerprint: Digest;
  /** Absolute paths of the local files it reaches, sorted. */
  readonly files: readonly string[];
  /** Version of each package it reaches, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Fingerprints of declarations, each with all the local code it reaches. */
export interface Fingerprints {
  of(target: Target): CodeFingerprint;
}

/** @param versions version of each package, by name */
export function makeFingerprints(index: SourceIndex, versions: Readonly<Record<string, string>>): Fingerprints {
  return new Reach(index, versions);
}

interface Piece {
  readonly digest: Digest;
  readonly file: string | undefined;
  readonly package: string | undefined;
  readonly reaches: readonly Target[];
}

class Reach implements Fingerprints {
  private readonly pieces = new Map<unknown, Piece>();
  private readonly known = new Map<unknown, CodeFingerprint>();

  constructor(
    private readonly index: SourceIndex,
    private readonly versions: Readonly<Record<string, string>>,
  ) {}

  of(target: Target): CodeFingerprint {
    const key = identityOf(target);
    const fingerprint = this.known.get(key) ?? this.follow(target);
    this.known.set(key, fingerprint);
    return fingerprint;
  }

  /**
   * Walks the code in a fixed order and numbers what it meets, so that the fingerprint depends on how the pieces hang
   * together but not on their names, files or order.
   */
  private follow(start: Target): CodeFingerprint {
    const numbers = new Map<unknown, number>([[identityOf(start), 0]]);
    const queue: Target[] = [start];
    const graph: (Digest | number)[][] = [];
    const met: Piece[] = [];
    for (let at = 0; at < queue.length; at += 1) {
      const piece = this.pieceOf(queue[at]!);
      met.push(piece);
      graph.push([piece.digest, ...piece.reaches.map((target) => numberOf(target, numbers, queue))]);
    }
    return {
      fingerprint: digestOfJson(graph),
      files: [...new Set(met.flatMap(({ file }) => file ?? []))].sort(),
      packages: this.packagesOf(met),
    };
  }

  private packagesOf(met: readonly Piece[]): Readonly<Record<string, string>> {
    const names = [...new Set(met.flatMap((piece) => piece.package ?? []))].sort();
    return Object.fromEntries(names.map((name) => [name, this.versions[name] ?? '']));
  }

  private pieceOf(target: Target): Piece {
    const key = identityOf(target);
    const piece = this.pieces.get(key) ?? this.readPiece(target);
    this.pieces.set(key, piece);
    return piece;
  }

  private readPiece(target: Target): Piece {
    switch (target.kind) {
      case 'package':
        return this.packagePiece(target.specifier, target.name);
      case 'module':
        return this.modulePiece(target.module);
      case 'local':
        return this.codePiece(target.module, [target.node]);
    }
  }

  private packagePiece(specifier: string, name: string): Piece {
    const packaged = packageName(specifier);
    const version = packaged === undefined ? '' : (this.versions[packaged] ?? '');
    return { digest: digestOf(`${specifier}@${version}#${name}`), file: undefined, package: packaged, reaches: [] };
  }

  private modulePiece(module: SourceModule): Piece {
    if (module.data) return { digest: digestOf(dataOf(module)), file: module.file, package: undefined, reaches: [] };
    const nodes = new Set([...module.declarations.values(), ...module.effects]);
    const code = this.codePiece(module, [...nodes]);
    const exported = [...this.index.exportsOf(module)];
    return {
      ...code,
      digest: digestOfJson([code.digest, exported.map(([name, target]) => [name, target !== undefined])]),
      reaches: [...code.reaches, ...exported.flatMap(([, target]) => target ?? [])],
    };
  }

  private codePiece(module: SourceModule, nodes: readonly ts.Node[]): Piece {
    // What a module does when it is imported can change what its declarations do.
    const all = [...new Set([...nodes, ...module.effects])];
    const codes = all.map(normaliseCode);
    const names = codes.map((code) => code.names.map((name) => [name, this.index.resolve(module, name)] as const));
    const globals = names.map((found) => found.map(([name, target]) => (target ? null : name)));
    const named = names.flat().flatMap(([, target]) => target ?? []);
    const specifiers = [...codes.flatMap((code) => code.imports), ...module.sideImports];
    const imported = specifiers.flatMap((specifier) => this.index.resolveModule(module, specifier) ?? []);
    const any = codes.some((code) => code.importsAny) ? this.everyModule() : [];
    return {
      digest: digestOfJson([codes.map((code) => code.text), globals]),
      file: module.file,
      package: undefined,
      reaches: [...named, ...imported, ...any],
    };
  }

  private everyModule(): readonly Target[] {
    const files = [...this.index.modules.keys()].sort();
    return files.map((file) => ({ kind: 'module', module: this.index.modules.get(file)! }));
  }
}

/** JSON without its format; other data as it is. */
function dataOf({ file, tree }: SourceModule): string {
  return file.endsWith('.json') ? JSON.stringify(JSON.parse(tree.text)) : tree.text;
}

function numberOf(target: Target, numbers: Map<unknown, number>, queue: Target[]): number {
  const key = identityOf(target);
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, queue.length);
  queue.push(target);
  return queue.length - 1;
}

function identityOf(target: Target): unknown {
  switch (target.kind) {
    case 'package':
      return `${target.specifier}#${target.name}`;
    case 'module':
      return target.module;
    case 'local':
      return target.node;
  }
}
