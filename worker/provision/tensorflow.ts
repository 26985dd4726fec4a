import { join } from 'node:path';
import { ADDON_DIR, ADDON_FILE, buildAddon, missingTools } from './build-addon.js';
import { isFile } from './file-checks.js';
import { installFolder } from './install-folder.js';
import { linkAddon, linkedAddon } from './link-addon.js';
import { ProvisionError } from './provision-error.js';
import { forgetFailure, type RememberedFailure, recallFailure, rememberFailure } from './remembered-failure.js';
import type { Log } from './run-command.js';
import { type TensorFlowTarget, tensorFlowTarget } from './tensorflow-target.js';

/** What training will run on: native TensorFlow, or its slower WebAssembly backend and why. */
export type TensorFlowReport =
  | { readonly backend: 'native'; readonly addon: string; readonly variant: 'cpu' | 'cuda' }
  | { readonly backend: 'wasm'; readonly reason: string; readonly remedy: string };

export interface ProvisionTensorFlowOptions {
  readonly log: Log;
  /** Try again what failed the last time. Default: `false`. */
  readonly retry?: boolean;
}

/** Looks which TensorFlow is set up in this checkout, and changes nothing. */
export async function findTensorFlow(target = tensorFlowTarget()): Promise<TensorFlowReport> {
  if (!target.found) return wasm(target);
  const addon = await linkedAddon(target);
  if (addon !== undefined) return { backend: 'native', addon, variant: target.variant };
  const failure = await recallFailure(failureFile(target));
  return wasm(failure ?? { reason: 'native TensorFlow is not set up yet', remedy: 'run `npm run setup`' });
}

/**
 * Builds native TensorFlow for this user if there is none, and links it into this checkout's packages.
 * It never fails: where native TensorFlow cannot be had, the report says why and what to do.
 */
export async function provisionTensorFlow(
  options: ProvisionTensorFlowOptions,
  target = tensorFlowTarget(),
): Promise<TensorFlowReport> {
  const present = await findTensorFlow(target);
  if (present.backend === 'native' || !target.found) return present;
  try {
    await buildOnce(target, options);
    await linkAddon(target);
    return await findTensorFlow(target);
  } catch (error) {
    return wasm(explain(error));
  }
}

async function buildOnce(target: TensorFlowTarget, { log, retry }: ProvisionTensorFlowOptions): Promise<void> {
  if (await isBuilt(target)) return;
  await requireTools();
  const failure = retry ? undefined : await recallFailure(failureFile(target));
  if (failure) throw new ProvisionError(`${failure.reason} (on ${failure.at})`, failure.remedy);
  try {
    await installFolder(target.cachedDir, (folder) => buildAddon(target, folder, log));
    await forgetFailure(failureFile(target));
  } catch (error) {
    await rememberFailure(failureFile(target), explain(error));
    throw error;
  }
}

async function isBuilt({ cachedDir }: TensorFlowTarget): Promise<boolean> {
  return isFile(join(cachedDir, ADDON_DIR, ADDON_FILE));
}

/** Looked at before a remembered failure and never remembered: it costs nothing, and installing them is the remedy. */
async function requireTools(): Promise<void> {
  const tools = await missingTools();
  if (tools.length === 0) return;
  const remedy = 'install python3 with pip, make and a C++ compiler, then run `npm run setup` again';
  throw new ProvisionError(`building it needs ${tools.join(', ')}, not found on PATH`, remedy);
}

function failureFile({ cachedDir }: TensorFlowTarget): string {
  return `${cachedDir}.failed.json`;
}

function explain(error: unknown): RememberedFailure {
  const at = new Date().toISOString();
  if (error instanceof ProvisionError) return { reason: error.message, remedy: error.remedy, at };
  const remedy = 'look into that, then run `npm run setup -- --retry`';
  return { reason: `building native TensorFlow failed: ${(error as Error).message}`, remedy, at };
}

function wasm({ reason, remedy }: { reason: string; remedy: string }): TensorFlowReport {
  return { backend: 'wasm', reason, remedy };
}
