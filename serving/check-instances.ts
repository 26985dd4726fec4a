import { checkRow, withDefaults } from '../activities/data/contract/check-row.js';
import type { Contract } from '../activities/data/contract/contract.js';
import { isJsonObject, type JsonObject } from '../plan/json.js';
import { type InstanceProblem, RequestError } from './request-error.js';

const MOST_PROBLEMS = 20;

/** Rows of one request. More would hold up everybody else. */
export const MOST_INSTANCES = 10_000;

/** Fields of TensorFlow Serving's request that change nothing here. */
const IGNORED = ['signature_name'];

/**
 * The instances of a request's body.
 *
 * @throws RequestError 400 when it has another form, 413 for too many instances.
 */
export function readInstances(body: unknown): readonly unknown[] {
  if (!isJsonObject(body)) throw new RequestError(400, 'the body must be an object: { "instances": [ {row}, … ] }');
  const { instances } = body;
  const foreign = Object.keys(body).find((key) => key !== 'instances' && !IGNORED.includes(key));
  if (foreign !== undefined) {
    throw new RequestError(400, `the body has a field "${foreign}"; send rows as { "instances": [ {row}, … ] }`);
  }
  if (!Array.isArray(instances)) throw new RequestError(400, '"instances" must be a list of rows');
  if (instances.length === 0) throw new RequestError(400, '"instances" is empty: send at least one row');
  if (instances.length <= MOST_INSTANCES) return instances;
  throw new RequestError(
    413,
    `${instances.length} instances are too many: send at most ${MOST_INSTANCES} in one request`,
  );
}

/**
 * Checks the rows of a request as `validate` checks data, and fills fields that are missing with their defaults.
 *
 * @param label the column that is predicted: it may be absent.
 * @throws RequestError 400 with up to 20 problems: which instance, which column, which rule.
 */
export function checkInstances(contract: Contract, label: string, instances: readonly unknown[]): JsonObject[] {
  const problems: InstanceProblem[] = [];
  for (const [instance, row] of instances.entries()) {
    for (const problem of checkRow(contract, row, { without: [label] })) problems.push({ instance, ...problem });
    if (problems.length > MOST_PROBLEMS) break;
  }
  if (problems.length > 0) throw refuse(problems);
  return (instances as readonly JsonObject[]).map((row) => withDefaults(contract, row));
}

function refuse(problems: readonly InstanceProblem[]): RequestError {
  const shown = problems.slice(0, MOST_PROBLEMS);
  const sentences = shown.map(({ instance, message }) => `instance ${instance}: ${message}`);
  const more = problems.length > MOST_PROBLEMS ? `\n(only the first ${MOST_PROBLEMS} problems are listed)` : '';
  return new RequestError(400, sentences.join('\n') + more, shown);
}
