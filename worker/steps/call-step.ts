import { z } from 'zod';
import type { StepContext } from '../../dsl/context.js';
import type { AnyStep } from '../../dsl/step.js';
import { canonicalJson } from '../../plan/canonical.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import { parseInput } from './parse-input.js';

/**
 * Calls a step's function with its schemas checking both ends.
 * @throws PawlError `InvalidValue`, not retryable, when a value does not match; whatever the function throws otherwise.
 */
export async function callStepFunction(step: AnyStep, input: unknown, ctx: StepContext): Promise<Json> {
  const parsed = await parseInput(step.declaration.input, input);
  if (!parsed.success) throw invalid(step.stepName, 'input', parsed.error);
  const output = await step.fn(parsed.data, ctx);
  const encoded = await step.declaration.output.safeEncodeAsync(output);
  if (!encoded.success) throw invalid(step.stepName, 'output', encoded.error);
  return plainJson(step.stepName, encoded.data);
}

function invalid(step: string, end: 'input' | 'output', error: z.core.$ZodError): PawlError {
  const hint =
    end === 'input'
      ? 'A value or an edge in the pipeline does not fit; TypeScript shows where: npx tsc --noEmit.'
      : 'Return what the output schema says.';
  return new PawlError(
    FailureType.InvalidValue,
    `the ${end} of step "${step}" does not match its schema:\n${z.prettifyError(error)}`,
    {
      hint,
      retryable: false,
    },
  );
}

/** Drops what is undefined, refuses what JSON cannot carry. */
function plainJson(step: string, value: unknown): Json {
  try {
    return JSON.parse(canonicalJson((value ?? null) as Json)) as Json;
  } catch (cause) {
    throw new PawlError(FailureType.InvalidValue, `the output of step "${step}" is not JSON`, {
      hint: 'Edges carry JSON: no NaN, no Infinity, no functions, no cycles.',
      retryable: false,
      cause,
    });
  }
}
