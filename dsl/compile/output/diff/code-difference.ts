import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainStep, type StepExplanation } from '../../explain.js';
import { findProject } from '../../project.js';

/** Where the code of a step differs between two pipeline files. */
export interface CodeDifference {
  /** From the projects' roots: changed, or reached on one side only. Comments and formats may be all that changed. */
  readonly files: readonly string[];
  /** With their versions on both sides, as `zod 4.1.0 → 4.2.0`. */
  readonly packages: readonly string[];
}

/**
 * Says where the code of a step differs between two pipeline files.
 * @throws PawlError `InvalidPlan` when one of them has no such step.
 */
export async function explainDifference(
  before: { readonly file: string; readonly step: string },
  after: { readonly file: string; readonly step: string },
): Promise<CodeDifference> {
  const was = await explainStep(before.file, before.step);
  const now = await explainStep(after.file, after.step);
  return {
    files: changedFiles(fileTexts(before.file, was), fileTexts(after.file, now)),
    packages: changedPackages(was.packages, now.packages),
  };
}

function fileTexts(pipeline: string, { files }: StepExplanation): ReadonlyMap<string, string> {
  const { root } = findProject(pipeline);
  return new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

/** A pair of files that hold the same text under two names is no difference. */
function changedFiles(was: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): readonly string[] {
  const [before, after] = [new Set(was.values()), new Set(now.values())];
  const gone = [...was].filter(([, text]) => !after.has(text)).map(([file]) => file);
  const come = [...now].filter(([, text]) => !before.has(text)).map(([file]) => file);
  return [...new Set([...gone, ...come])].sort();
}

function changedPackages(was: StepExplanation['packages'], now: StepExplanation['packages']): readonly string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(now)])].sort();
  return names
    .filter((name) => was[name] !== now[name])
    .map((name) => `${name} ${was[name] ?? 'none'} → ${now[name] ?? 'none'}`);
}
