import { readFile } from 'node:fs/promises';
import { digestOfJson, isDigest } from '../plan/canonical.js';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import type { Annotations, Plan } from '../plan/plan.js';
import { readPlan } from '../plan/read.js';
import { suggestName } from '../plan/suggest.js';
import type { Store, StoredPlan } from '../store/index.js';
import { compileFile, isFile } from './compile-file.js';
import { withSession } from './session.js';

/** A plan that a command was given, wherever it came from. */
export interface GivenPlan {
  readonly plan: Plan;
  readonly planHash: string;
  /** Absent for a compiled plan without its annotations beside it. */
  readonly annotations?: Annotations;
  /** The pipeline file, if it was one. */
  readonly file?: string;
}

/** What a command's help says about its argument. */
export const PLAN_TARGET =
  'a pipeline file, a compiled NAME.plan.json, the name of a published pipeline, or the hash of a plan (its beginning is enough)';

/**
 * Reads plans: of pipeline files, compiled plans, published pipelines, and hashes.
 * @throws PawlError `InvalidPlan`, `InvalidInput` or `UnknownPipeline` that says which one is wrong.
 */
export async function loadPlans(targets: readonly string[]): Promise<readonly GivenPlan[]> {
  const load = async (target: string, store?: Store): Promise<GivenPlan> => {
    if (target.endsWith('.json')) return readPlanFile(target);
    if (isFile(target)) return { ...(await compileFile(target)), file: target };
    return findPlan(target, store!);
  };
  if (targets.every((target) => isFile(target) || target.endsWith('.json'))) return inTurn(targets, load);
  return withSession(async (session) => {
    const store = await session.store();
    return inTurn(targets, (target) => load(target, store));
  });
}

/** One after the other: compiling takes the processor anyway, and its messages stay apart. */
async function inTurn<T>(targets: readonly string[], load: (target: string) => Promise<T>): Promise<readonly T[]> {
  const loaded: T[] = [];
  for (const target of targets) loaded.push(await load(target));
  return loaded;
}

async function readPlanFile(path: string): Promise<GivenPlan> {
  const value = await readJson(path);
  const plan = readPlan(value);
  const beside = path.replace(/plan\.json$/, 'annotations.json');
  const annotations = beside === path ? undefined : await readJson(beside).catch(() => undefined);
  return { plan, planHash: digestOfJson(value), annotations: annotations as unknown as Annotations | undefined };
}

async function readJson(path: string): Promise<Json> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Json;
  } catch (cause) {
    throw new PawlError(FailureType.InvalidInput, `${path} cannot be read: ${(cause as Error).message}`, {
      hint: 'Write one with: pawl compile FILE --out DIR',
      cause,
    });
  }
}

async function findPlan(target: string, store: Store): Promise<GivenPlan> {
  const found = (await store.plans.current(target)) ?? (await findByHash(target, store));
  if (found) return { plan: found.plan, planHash: found.hash, annotations: found.annotations };
  throw new PawlError(FailureType.UnknownPipeline, `no published pipeline and no plan is called "${target}"`, {
    hint: suggestName(target, await store.plans.pipelineNames()),
  });
}

const SHORTEST = 6;

async function findByHash(target: string, store: Store): Promise<StoredPlan | null> {
  if (isDigest(target)) return store.plans.plan(target);
  const digits = target.replace(/^sha256:/, '');
  if (!/^[0-9a-f]+$/.test(digits) || digits.length < SHORTEST) return null;
  const [found, another] = await store.plans.beginningWith(digits);
  if (!another) return found ?? null;
  throw new PawlError(FailureType.InvalidInput, `more than one plan has a hash that begins with "${target}"`, {
    hint: 'Give more of its digits.',
  });
}
