import { ts } from 'ts-morph';
import type { Finding } from '../diagnostic.js';
import type { Loaded } from '../load.js';
import { calleeTarget } from '../locate.js';
import type { SourceIndex, SourceModule } from '../source-index.js';
import { Env } from './env.js';
import { Evaluator } from './evaluator.js';
import { REF } from './value.js';

/**
 * Finds refs that are used as values in pipeline functions and the local helpers they call, and what in them has another
 * result each time.
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
  evaluator.refuseAsync(value, 'the pipeline function');
  evaluator.callFunction(value, [REF]);
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
