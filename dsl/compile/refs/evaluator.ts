import { ts } from 'ts-morph';
import type { Finding } from '../diagnostic.js';
import type { Loaded } from '../load.js';
import type { SourceIndex, SourceModule, Target } from '../source-index.js';
import { callGlobal } from './call-global.js';
import { callPackage } from './call-package.js';
import { asDeclared } from './declared-type.js';
import { Env } from './env.js';
import { evaluateExpression } from './expression.js';
import { type Impurity, impureCall, impureFinding, impurePart } from './impurity.js';
import { asyncFunction, type RefCode, refDefault, refMisuse } from './misuse.js';
import { bindPattern } from './pattern.js';
import { runBody } from './statement.js';
import { ABSENT, type FunctionValue, PLAIN, structure, type Value } from './value.js';

const DEEPEST_CALL = 40;
/** Calls followed in all: enough for any pipeline, and an end to what would never end. */
const MOST_CALLS = 20_000;

/**
 * Follows refs through pipeline functions, without running them: through variables, properties, local helpers and
 * their modules. It looks only for uses that cannot work; where it cannot follow a value it says nothing.
 */
export class Evaluator {
  readonly findings: Finding[] = [];
  /** How many branches, loops and calls deep the evaluation is. */
  depth = 0;
  /** What is evaluated runs when its module is imported, not in a function. */
  private inModule = false;
  /** How deep the evaluation is in functions of which nobody knows when they are called. */
  private maybeUncalled = 0;
  private calls = 0;
  private readonly active: FunctionValue['node'][] = [];
  private readonly topLevel = new Map<ts.Node, Value>();

  constructor(
    readonly index: SourceIndex,
    readonly packages: Loaded['packages'],
  ) {}

  report(code: RefCode, node: ts.Node, reader?: string): void {
    this.findings.push(refMisuse(code, node, reader));
  }

  /** Reports a use that a value which may also be no ref can be put to, once it was asked what it is. */
  reportUnlessMixed(value: Value, code: RefCode, node: ts.Node, reader?: string): void {
    if (value.kind === 'ref' && !value.mixed) this.report(code, node, reader);
  }

  /** Reports a default for a part of a ref, which would never be taken. */
  reportDefault(node: ts.Node): void {
    this.findings.push(refDefault(node));
  }

  /** Reports a call whose result is another one each time. */
  noteCall(callee: Value, node: ts.Expression, hasArguments: boolean): void {
    this.noteImpurity(impureCall(callee, hasArguments), node);
  }

  /** Reports a part of the surroundings that is read. */
  notePart(part: Value, node: ts.Node): void {
    this.noteImpurity(impurePart(part), node);
  }

  private noteImpurity(impurity: Impurity | undefined, node: ts.Node): void {
    if (impurity && this.maybeUncalled === 0) this.findings.push(impureFinding(impurity, node, this.inModule));
  }

  /** Reports a function that draws a part of the graph and is async. */
  refuseAsync(callee: FunctionValue, of: string): void {
    const isAsync = callee.node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
    if (isAsync) this.findings.push(asyncFunction(callee.node, of));
  }

  /** Evaluates what may or may not happen. */
  branch<T>(evaluate: () => T): T {
    this.depth += 1;
    try {
      return evaluate();
    } finally {
      this.depth -= 1;
    }
  }

  evaluate(expression: ts.Expression, env: Env): Value {
    return evaluateExpression(this, expression, env);
  }

  /** The value of a name. */
  read(name: string, env: Env): Value {
    if (name === 'undefined') return ABSENT;
    const local = env.read(name);
    if (local) return local;
    const target = this.index.resolve(env.module, name);
    return target ? this.valueOf(target) : { kind: 'global', name };
  }

  valueOf(target: Target): Value {
    if (target.kind === 'module' && target.module.data) return PLAIN;
    if (target.kind !== 'local') return target;
    const known = this.topLevel.get(target.node);
    if (known) return known;
    this.topLevel.set(target.node, PLAIN);
    const { inModule } = this;
    this.inModule = true;
    const value = this.declared(target.module, target.name, target.node);
    this.inModule = inModule;
    this.topLevel.set(target.node, value);
    return value;
  }

  call(callee: Value, args: readonly Value[]): Value {
    switch (callee.kind) {
      case 'step':
        return { kind: 'ref' };
      case 'step-maker':
        return { kind: 'step' };
      case 'package':
        return callPackage(this, callee, args);
      case 'global':
        return callGlobal(this, callee.name, args);
      case 'function':
        return this.callFunction(callee, args);
      default:
        this.callBack(args);
        return PLAIN;
    }
  }

  /** Calls the functions among arguments whose use is not known; it may be that they are called only later, in a step. */
  callBack(args: readonly Value[]): void {
    this.perhaps(() => {
      for (const arg of args) if (arg.kind === 'function') this.callFunction(arg, []);
    });
  }

  /** Evaluates what ends a loop: with a ref in it, the loop may have no end. */
  decideLoop(evaluate: () => void): void {
    const known = this.findings.length;
    evaluate();
    const found = this.findings.splice(known);
    this.findings.push(...found.map((one) => (one.code.startsWith('ref-') ? { ...one, endless: true } : one)));
  }

  /** Evaluates what may happen at another time than when the graph is drawn. */
  perhaps(evaluate: () => unknown): void {
    this.maybeUncalled += 1;
    evaluate();
    this.maybeUncalled -= 1;
  }

  callFunction(callee: FunctionValue, args: readonly Value[]): Value {
    const { node } = callee;
    this.calls += 1;
    if (!node.body || this.active.includes(node)) return PLAIN;
    if (this.active.length >= DEEPEST_CALL || this.calls > MOST_CALLS) return PLAIN;
    this.active.push(node);
    const { inModule } = this;
    this.inModule = false;
    const env = new Env(callee.env.module, callee.env);
    const { body } = node;
    try {
      return this.branch(() => {
        for (const [index, parameter] of node.parameters.entries()) this.bindParameter(parameter, args, index, env);
        return runBody(this, body, env);
      });
    } finally {
      this.active.pop();
      this.inModule = inModule;
    }
  }

  private bindParameter(parameter: ts.ParameterDeclaration, args: readonly Value[], index: number, env: Env): void {
    if (parameter.dotDotDotToken) {
      const others = args.slice(index).map((value, at) => [String(at), value] as const);
      bindPattern(this, parameter.name, structure(others), env);
      return;
    }
    const given = args[index] ?? (args.length === 0 ? PLAIN : ABSENT);
    const value = given.kind === 'absent' && parameter.initializer ? this.evaluate(parameter.initializer, env) : given;
    bindPattern(this, parameter.name, asDeclared(value, parameter), env);
  }

  private declared(module: SourceModule, name: string, node: ts.Node): Value {
    const env = new Env(module);
    if (ts.isFunctionDeclaration(node)) return { kind: 'function', node, env };
    if (ts.isClassDeclaration(node)) return { kind: 'class', node, env };
    if (ts.isExportAssignment(node)) return this.evaluate(node.expression, env);
    if (!ts.isVariableDeclaration(node) || !node.initializer) return PLAIN;
    bindPattern(this, node.name, this.evaluate(node.initializer, env), env);
    return env.read(name) ?? PLAIN;
  }
}
