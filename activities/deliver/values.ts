import { z } from 'zod';
import { trainedModelSchema } from '../values.js';

/** A model's name in the registry, which is also its name when served: letters, digits, dots, dashes, underscores. */
export const modelNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);

/** A model that is in the registry; whether it is champion is another matter. */
export const registeredSchema = z.object({
  kind: z.literal('registered'),
  name: z.string(),
  /** From 1, without gaps. */
  version: z.int().positive(),
  model: trainedModelSchema,
});
export type Registered = z.infer<typeof registeredSchema>;

/** A version that became champion, and so is served. */
export const deploymentSchema = z.object({
  kind: z.literal('deployment'),
  name: z.string(),
  version: z.int().positive(),
  /** The version that was champion before; null when there was none. */
  replaced: z.int().positive().nullable(),
});
export type Deployed = z.infer<typeof deploymentSchema>;
