import { ts } from 'ts-morph';
import { DiagnosticCode, type Finding } from '../diagnostic.js';
import type { Loaded } from '../load.js';
import { calleeTarget } from '../locate.js';
import { placeOf, type SourceIndex, type SourceModule } from '../source-index.js';
import { Env } from './env.js';
import { Evaluator } from './evaluator.js';
import { REF } from './value.js';

/**
 * Finds refs that are used as values in pipeline functions and the local helpers they call.
 *
 * Proxies cannot see `if (ref)`, `!ref`, `ref === x`, `ref ?? x`, `ref?.x` and `typeof ref`, and TypeScript accepts
 * several of them: they would quietly draw another graph than the author means.
 */
export function checkRefs(index: SourceIndex, packages: Loaded['packages']): readonly Finding[] {
  const evaluator = new Evaluator(index, packages);
  for (const module of index.modules.values()) {
    for (const call of pipelineCalls(index, module)) checkPipeline(evaluator, module, call);
  }
  return evaluator.findings;
}

function checkPipeline(evaluator: Evaluator, module: SourceModule, call: ts.CallExpression): void {
  const build = call.arguments[2];
  const value = build && evaluator.evaluate(build, new Env(module));
  if (value?.kind !== 'function') return;
  const { node } = value;
  if (node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword))
    evaluator.findings.push(asyncPipeline(node));
  evaluator.callFunction(value, [REF]);
}

function asyncPipeline(node: ts.Node): Finding {
  return {
    code: DiagnosticCode.AsyncPipeline,
    message: 'the pipeline function is async',
    hint: 'It only draws the graph: remove `async`, and move what it awaits into a step.',
    place: placeOf(node),
  };
}

function pipelineCalls(index: SourceIndex, module: SourceModule): readonly ts.CallExpression[] {
  const found: ts.CallExpression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isPipelineCall(index, node)) found.push(node);
    ts.forEachChild(node, visit);
  };
  if (!module.data) visit(module.tree);
  return found;
}

function isPipelineCall(index: SourceIndex, call: ts.CallExpression): boolean {
  if (call.arguments.length < 3) return false;
  const target = calleeTarget(index, call);
  return target?.kind === 'package' && target.specifier === 'pawl' && target.name === 'pipeline';
}
