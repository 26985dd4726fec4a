import { z } from 'zod';
import { digestSchema } from './artifact.js';
import { isOrElse } from './binding.js';
import { checkPlan } from './check.js';
import { FailureType, PawlError } from './failure.js';
import { isJsonObject, type Json } from './json.js';
import { type Block, PLAN_FORMAT, type Plan, type PlanNode, type StepNodeOptions } from './plan.js';

const json: z.ZodType<Json> = z.json();
const id = z.string().min(1);
const milliseconds = z.int().positive();
const path = z.array(z.union([z.string(), z.int().nonnegative()]));

const RESERVED_SHAPES = z.union([
  z.strictObject({ $ref: id, path }),
  z.strictObject({ $param: path }),
  z.strictObject({ $item: id, path }),
  z.strictObject({ $code: z.string() }),
  z.strictObject({ $lit: json }),
  z.strictObject({ $secret: id }),
]);

const ORELSE = z.strictObject({ $orElse: z.tuple([json, json]), path });

const binding: z.ZodType<Json> = json.superRefine((value, context) => {
  for (const at of malformedParts(value)) {
    context.addIssue({ code: 'custom', path: at, message: 'an object with a $ key must be a known kind of binding' });
  }
});

const stepOptions: z.ZodType<StepNodeOptions> = z.strictObject({
  light: z.boolean(),
  queue: z.string().min(1),
  timeoutMs: milliseconds,
  heartbeatMs: milliseconds,
  retry: z.strictObject({
    attempts: z.int().positive(),
    backoffMs: z.number().nonnegative(),
    factor: z.number().positive(),
  }),
  gpu: z.int().positive().optional(),
  priority: z.int().min(1).max(5).optional(),
  cache: z.enum(['off', 'reuse', 'refresh']).optional(),
  limit: z.int().positive().optional(),
});

const minSuccess = z.union([
  z.strictObject({ items: z.int().nonnegative() }),
  z.strictObject({ share: z.number().min(0).max(1) }),
]);
const escalationStage = z.strictObject({
  afterMs: milliseconds,
  roles: z.array(id).min(1),
  instead: z.literal(true).optional(),
});
const after = z.array(id).min(1).optional();

const block: z.ZodType<Block> = z.lazy(() => z.strictObject({ nodes: z.array(node), result: binding }));

const node: z.ZodType<PlanNode> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('step'),
      id,
      step: id,
      fingerprint: digestSchema,
      input: binding,
      options: stepOptions,
      after,
    }),
    z.strictObject({ kind: z.literal('when'), id, if: binding, then: block, else: block, after }),
    z.strictObject({
      kind: z.literal('match'),
      id,
      on: binding,
      cases: z.array(z.strictObject({ is: z.union([z.string(), z.number(), z.boolean()]), block })),
      otherwise: block.optional(),
      after,
    }),
    z.strictObject({ kind: z.literal('present'), id, value: binding, then: block, else: block, after }),
    z.strictObject({
      kind: z.literal('map'),
      id,
      over: binding,
      key: path.nullable(),
      concurrency: z.int().positive(),
      minSuccess: minSuccess.optional(),
      body: block,
      after,
    }),
    z.strictObject({
      kind: z.literal('reduce'),
      id,
      over: binding,
      key: path.nullable(),
      initial: binding,
      body: block,
      after,
    }),
    z.strictObject({ kind: z.literal('pipeline'), id, pipeline: id, params: binding, body: block, after }),
    z.strictObject({
      kind: z.literal('approval'),
      id,
      ask: z.string(),
      shows: binding,
      form: json,
      roles: z.array(id),
      escalate: z.array(escalationStage).min(1).optional(),
      grant: z.literal('required').optional(),
      quorum: z.int().positive(),
      expiresMs: milliseconds.nullable(),
      onExpiry: z.enum(['reject', 'decline']),
      after,
    }),
    z.strictObject({ kind: z.literal('wait'), id, schema: json, timeoutMs: milliseconds.nullable(), after }),
    z.strictObject({ kind: z.literal('sleep'), id, until: binding, after }),
    z.strictObject({ kind: z.literal('reject'), id, with: binding, after }),
  ]),
);

const planSchema: z.ZodType<Plan> = z.strictObject({
  pawl: z.union([z.literal(1), z.literal(PLAN_FORMAT)]),
  pipeline: z.string().regex(/^[a-z][a-z0-9-]*$/),
  code: digestSchema,
  params: json,
  schedule: z.strictObject({ cron: z.string(), timeZone: z.string() }).nullable(),
  holdMs: milliseconds,
  block,
  onExit: z.strictObject({ block, timeoutMs: milliseconds }).optional(),
});

/**
 * Reads a plan and checks its graph.
 * @throws PawlError `InvalidPlan` naming the path, for what is no plan, is of a newer format, or cannot run.
 */
export function readPlan(value: unknown): Plan {
  refuseNewer(value);
  const parsed = planSchema.safeParse(value);
  if (!parsed.success) throw malformed(parsed.error.issues[0]!);
  const [problem] = checkPlan(parsed.data);
  if (problem) throw invalid(problem.message, problem.hint);
  return parsed.data;
}

function refuseNewer(value: unknown): void {
  const format = isJsonObject(value) ? value.pawl : undefined;
  if (typeof format !== 'number' || format <= PLAN_FORMAT) return;
  throw invalid(
    `the plan has format ${format}; this version of Pawl reads formats up to ${PLAN_FORMAT}`,
    'Install a newer version of Pawl here.',
  );
}

function malformed(issue: z.core.$ZodIssue): PawlError {
  const at = issue.path.length === 0 ? 'the plan' : `the plan at ${issue.path.map(String).join('.')}`;
  return invalid(`${at} is malformed: ${issue.message}`, 'Compile the pipeline again; plans are not written by hand.');
}

function invalid(message: string, hint: string): PawlError {
  return new PawlError(FailureType.InvalidPlan, message, { hint, retryable: false });
}

/** Paths of the objects that have a reserved key and are no binding. */
function malformedParts(value: Json, at: readonly (string | number)[] = []): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((part, index) => malformedParts(part, [...at, index]));
  if (!isJsonObject(value)) return [];
  if (isOrElse(value) && ORELSE.safeParse(value).success) {
    return value.$orElse.flatMap((part, index) => malformedParts(part, [...at, '$orElse', index]));
  }
  if (Object.keys(value).some((key) => key.startsWith('$'))) {
    return RESERVED_SHAPES.safeParse(value).success ? [] : [[...at]];
  }
  return Object.entries(value).flatMap(([key, part]) => malformedParts(part, [...at, key]));
}
