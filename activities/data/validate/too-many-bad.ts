import type { Artifact, ArtifactStore } from '../../../plan/artifact.js';
import type { PawlError } from '../../../plan/failure.js';
import { checkName } from '../contract/checks.js';
import { invalidData, rowCount } from '../invalid-data.js';
import type { BrokenCounts } from './count-broken.js';
import type { BrokenRule } from './validation.js';

const MOST_LISTED = 10;

/** The error for data of which more than the tolerated part is bad. It says where the bad rows are kept. */
export async function tooManyBad(
  counts: BrokenCounts,
  tolerate: number,
  broken: readonly BrokenRule[],
  quarantine: Artifact,
  artifacts: ArtifactStore,
): Promise<PawlError> {
  const rules = broken.slice(0, MOST_LISTED).map((rule) => `${checkName(rule)} (${rowCount(rule.rows)})`);
  const more = broken.length > MOST_LISTED ? `; and ${broken.length - MOST_LISTED} more rules` : '';
  const share = `${percent(counts.bad / counts.rows)} of ${rowCount(counts.rows)}`;
  return invalidData(
    `${rowCount(counts.bad)} break the contract, ${share}, and ${percent(tolerate)} are tolerated: ${rules.join('; ')}${more}`,
    `The rows and the rules they broke are kept in ${await artifacts.localPath(quarantine)} (${quarantine.digest}). Correct the data or the row schema, or tolerate more.`,
  );
}

function percent(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(3))} %`;
}
