import { isCode, visitBinding } from './binding.js';
import type { Plan } from './plan.js';
import { bindingsOf, planNodesOf } from './visit.js';

const MODEL = 'model/';

/** Names of the model definitions that a plan's steps are given, sorted. */
export function modelsOf(plan: Plan): readonly string[] {
  const names = new Set<string>();
  for (const binding of planNodesOf(plan).flatMap(bindingsOf)) {
    visitBinding(binding, (part) => {
      if (isCode(part) && part.$code.startsWith(MODEL)) names.add(part.$code.slice(MODEL.length));
    });
  }
  return [...names].sort();
}
