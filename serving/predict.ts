import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../plan/json.js';
import type { Prediction } from '../store/index.js';
import { checkInstances, readInstances } from './check-instances.js';
import { RequestError } from './request-error.js';
import type { ServedVersion } from './served-version.js';
import type { ServerParts } from './server-parts.js';

/** One request for predictions. */
export interface PredictRequest {
  readonly name: string;
  /** Null: the deployed version. */
  readonly version: number | null;
  readonly requestId: string;
  /** The body as it came. */
  readonly body: string;
}

/** What the client gets: TensorFlow Serving's answer, with the version that gave it and an id for each prediction. */
export interface PredictAnswer {
  readonly predictions: readonly number[];
  readonly model_version: string;
  readonly prediction_ids: readonly string[];
}

/**
 * Answers a request and hands its predictions to the log.
 *
 * @throws RequestError for a request that cannot be answered; PawlError `InvalidModel` for a model that is broken.
 */
export async function predict(request: PredictRequest, parts: ServerParts): Promise<PredictAnswer> {
  const served = parts.models.require(request.name, request.version);
  const rows = checkInstances(served.contract, served.label, readInstances(parseBody(request.body)));
  const scores = await served.predict(rows);
  const predictions = recordsOf(served, request.requestId, rows, scores);
  parts.predictions.add(predictions);
  return {
    predictions: scores,
    model_version: String(served.version),
    prediction_ids: predictions.map(({ id }) => id),
  };
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new RequestError(400, `the body is not JSON: ${(error as Error).message}`);
  }
}

function recordsOf(
  { deployment, model }: ServedVersion,
  requestId: string,
  rows: readonly JsonObject[],
  scores: readonly number[],
): Prediction[] {
  const at = new Date().toISOString();
  const { name, version } = deployment;
  const common = { model: name, version, contract: model.contract.digest, requestId, at };
  return rows.map((row, index) => ({ ...common, id: randomUUID(), row, score: scores[index]! }));
}
