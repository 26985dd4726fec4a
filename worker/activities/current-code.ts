import type { Binding } from '../../plan/binding.js';
import { canonicalJson } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { isJsonObject } from '../../plan/json.js';
import { placeOf } from '../../plan/place.js';
import type { Plan, StepNode } from '../../plan/plan.js';
import type { CurrentCode, CurrentCodeInput, PlacedStep } from '../../plan/protocol.js';
import { suggestName } from '../../plan/suggest.js';
import { planNodesOf } from '../../plan/visit.js';
import type { WorkerParts } from '../parts.js';
import { currentPlan } from '../runs/current-plan.js';
import { planOf } from './begin.js';

/**
 * The code that steps of a run have in the pipeline's current plan, for an operator who retries with it.
 * @throws PawlError `Conflict`, not retryable, when the current plan has another step there, or gives it other inputs.
 */
export async function currentCode(
  { pipeline, steps }: CurrentCodeInput,
  parts: Pick<WorkerParts, 'store' | 'plans'>,
): Promise<CurrentCode> {
  const published = await currentPlan(pipeline, parts.store);
  const plan = planOf(published, parts);
  const { hash: planHash } = published;
  return {
    steps: steps.map((step) => {
      const { fingerprint, options } = sameStep(step, plan);
      return { planHash, code: plan.code, fingerprint, options };
    }),
  };
}

/** The node of the current plan that does the same work in the same place on the same inputs. */
function sameStep(placed: PlacedStep, plan: Plan): StepNode {
  const { id, step } = placed;
  const nodes = planNodesOf(plan);
  const found = nodes.find((node) => node.id === id);
  if (!found)
    throw cannot(
      id,
      `has no node of that id. ${suggestName(
        id,
        nodes.map((node) => node.id),
      )}`,
    );
  if (found.kind !== 'step') throw cannot(id, `has a ${found.kind} there`);
  if (found.step !== step) throw cannot(id, `has another step there, "${found.step}" and not "${step}"`);
  const around = placeOf(id, plan) ?? [];
  if (around.join('\n') !== placed.around.join('\n')) throw cannot(id, `has it in another place: ${placeText(around)}`);
  const changed = changedInputs(placed.input, found.input);
  if (changed.length > 0) throw cannot(id, `gives it other inputs: ${changed.join(', ')}`);
  return found;
}

const placeText = (around: readonly string[]): string =>
  around.length === 0 ? 'inside of no other node' : `inside of ${around.join(', ')}`;

/** Names of the inputs that are bound otherwise; of an input that is no object, all of it. */
function changedInputs(before: Binding, now: Binding): readonly string[] {
  if (canonicalJson(before) === canonicalJson(now)) return [];
  if (!isJsonObject(before) || !isJsonObject(now)) return ['all of it'];
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  const changed = names.filter((name) => canonicalJson(before[name] ?? null) !== canonicalJson(now[name] ?? null));
  return changed.length > 0 && !names.some((name) => name.startsWith('$')) ? changed : ['all of it'];
}

function cannot(node: string, why: string): PawlError {
  return new PawlError(FailureType.Conflict, `"${node}" cannot run with the current code: the current plan ${why}`, {
    hint: 'Nothing was changed. Retry it with the code it has, or start a new run with the current plan.',
    retryable: false,
  });
}
