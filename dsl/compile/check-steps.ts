import type { PipelineParts } from '../pipeline.js';
import type { AnyStep } from '../step.js';
import { checkEdgeSchema, type EdgeProblem } from './check-edge-schema.js';
import type { Finding, Place } from './diagnostic.js';

/** Finds schemas of steps that cannot stand at an edge. */
export function checkSteps(steps: Iterable<AnyStep>, placeOf: (step: AnyStep) => Place): readonly Finding[] {
  return [...steps].flatMap((step) => {
    const place = placeOf(step);
    const { input, output } = step.declaration;
    return [
      ...checkEdgeSchema(input, 'input').map((problem) => edgeFinding(`input of "${step.stepName}"`, problem, place)),
      ...checkEdgeSchema(output, 'output').map((problem) =>
        edgeFinding(`output of "${step.stepName}"`, problem, place),
      ),
    ];
  });
}

/** Finds params that are not JSON. */
export function checkParams(pipeline: PipelineParts, place: Place): readonly Finding[] {
  return checkEdgeSchema(pipeline.params, 'params').map((problem) => edgeFinding('params', problem, place));
}

function edgeFinding(of: string, problem: EdgeProblem, place: Place): Finding {
  const at = problem.path === '' ? of : `${of} at ${problem.path}`;
  return { code: problem.code, message: `${at}: ${problem.message}`, hint: problem.hint, place };
}
