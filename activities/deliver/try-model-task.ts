import { z } from 'zod';
import type { Json } from '../../plan/json.js';
import { loadModel } from '../train/load-model.js';
import { unservable } from './unservable.js';

const inputSchema = z.object({ folder: z.string() });

/**
 * The task `try-model` of a child process: loads a model and lets it answer a row without values. Every transform takes
 * such a row, and loading and answering take the way that requests take.
 */
export async function tryModelTask(json: Json): Promise<Json> {
  const model = await loadModel(inputSchema.parse(json).folder);
  const [score] = await model.predict([{}]);
  if (!(score! >= 0 && score! <= 1)) throw unservable(`it answered ${score}, which is not a probability`);
  return null;
}
