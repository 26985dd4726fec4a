import { defineSearchAttributeKey } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import { SearchAttribute } from '../plan/protocol.js';

export type RunLabels = Partial<Record<keyof typeof SearchAttribute, string>>;

/** Sets the search attributes by which operators find runs. */
export function labelRun(labels: RunLabels): void {
  upsertSearchAttributes(
    Object.entries(labels)
      .filter(([, value]) => value !== undefined)
      .map(([label, value]) => ({
        key: defineSearchAttributeKey(SearchAttribute[label as keyof RunLabels], 'KEYWORD'),
        value: value!,
      })),
  );
}
