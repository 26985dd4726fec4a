/** Codes of what the compiler finds; each has a page in `docs/errors/`. */
export const DiagnosticCode = {
  FileNotFound: 'file-not-found',
  SyntaxError: 'syntax-error',
  UnresolvedImport: 'unresolved-import',
  MissingPackage: 'missing-package',
  ImportFailed: 'import-failed',
  NotAPipeline: 'not-a-pipeline',
  TraceFailed: 'trace-failed',
  Misuse: 'misuse',
  AsyncPipeline: 'async-pipeline',
  DuplicateId: 'duplicate-id',
  DuplicateStep: 'duplicate-step',
  UnstableGraph: 'unstable-graph',
  InvalidSchedule: 'invalid-schedule',
  LongHold: 'long-hold',
  BundlePath: 'bundle-path',
  RefInCondition: 'ref-in-condition',
  RefInComparison: 'ref-in-comparison',
  RefInArithmetic: 'ref-in-arithmetic',
  RefInTemplate: 'ref-in-template',
  RefInTypeof: 'ref-in-typeof',
  RefInChain: 'ref-in-chain',
  RefSpread: 'ref-spread',
  RefIterated: 'ref-iterated',
  RefAsIndex: 'ref-as-index',
  RefAwaited: 'ref-awaited',
  RefCalled: 'ref-called',
  UnusedNode: 'unused-node',
  EdgeTransform: 'edge-transform',
  EdgeType: 'edge-type',
  AnyOutput: 'any-output',
  ReservedKey: 'reserved-key',
  UnknownNode: 'unknown-node',
  UnknownStep: 'unknown-step',
  OutOfScope: 'out-of-scope',
  NodeOrder: 'node-order',
  Cycle: 'cycle',
  TooManyNodes: 'too-many-nodes',
  NotJson: 'not-json',
  RecursivePipeline: 'recursive-pipeline',
  RefInJson: 'ref-in-json',
  RowSchema: 'row-schema',
  ValueTooLarge: 'value-too-large',
  RefInCall: 'ref-in-call',
  RefAssigned: 'ref-assigned',
  ImpureClock: 'impure-clock',
  ImpureRandom: 'impure-random',
  ImpureEnvironment: 'impure-environment',
  ImpureIo: 'impure-io',
  Unreachable: 'unreachable',
  MissingCase: 'missing-case',
  UnknownProperty: 'unknown-property',
  SecretParam: 'secret-param',
  SecretOutput: 'secret-output',
  MissingDoc: 'missing-doc',
} as const;

export type DiagnosticCode = (typeof DiagnosticCode)[keyof typeof DiagnosticCode];

/** Something the compiler has to say about a place in the source. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** Only errors keep a pipeline from being compiled. */
  readonly severity: 'error' | 'warning' | 'hint';
  /** What is wrong. */
  readonly message: string;
  /** Why that is a rule. */
  readonly reason: string;
  /** Path from the project's root, with `/`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** What to do about it. */
  readonly hint: string;
  /** The lines around the place, with a caret under it. */
  readonly frame?: string;
  /** The page that explains the rule, from the root of Pawl's repository and package. */
  readonly page: string;
}

/** A place in a source file. */
export interface Place {
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What a check found, before its file is made relative to the project. */
export interface Finding {
  readonly code: DiagnosticCode;
  readonly severity?: Diagnostic['severity'];
  readonly message: string;
  readonly hint: string;
  readonly place: Place;
  /** The code around it may not end when it is run. */
  readonly endless?: boolean;
}

/** Ends compilation where nothing further can be checked. */
export class CompileStop extends Error {
  constructor(readonly findings: readonly Finding[]) {
    super(findings.map((finding) => finding.message).join('\n'));
    this.name = 'CompileStop';
  }
}
