import type { Json, JsonObject } from '../../../../plan/json.js';
import type { PlanNode } from '../../../../plan/plan.js';
import { visitNode } from '../../../../plan/visit.js';
import { type Difference, diffValues } from './diff-values.js';
import { type Rename, renameNode } from './rename-node.js';
import { waysOf } from './ways.js';

/** How a node differs from its later self, in itself: not in the nodes inside of it. */
export function diffNode(before: PlanNode, after: PlanNode, rename: Rename): readonly Difference[] {
  const was = renameNode(before, rename);
  const now = renameNode(after, (id) => id);
  const parts = new Set([...Object.keys(partsOf(was)), ...Object.keys(partsOf(now))]);
  return [
    ...codeOf(was, now),
    ...[...parts].flatMap((part) => diffValues(part, partsOf(was)[part], partsOf(now)[part])),
  ];
}

function codeOf(before: PlanNode, after: PlanNode): readonly Difference[] {
  if (before.kind !== 'step' || after.kind !== 'step' || before.fingerprint === after.fingerprint) return [];
  return [{ at: 'code', from: before.fingerprint, to: after.fingerprint }];
}

/** What a node says itself, by name. */
function partsOf(node: PlanNode): JsonObject {
  const own = visitNode<object>(node, {
    step: ({ step, input, options }) => ({ step, input, options }),
    when: (n) => ({ if: n.if }),
    match: (n) => ({ on: n.on, ways: [...waysOf(n).keys()].sort() }),
    present: (n) => ({ value: n.value }),
    map: ({ over, key, concurrency, minSuccess }) => ({ over, key, concurrency, minSuccess }),
    reduce: ({ over, key, initial }) => ({ over, key, initial }),
    pipeline: ({ pipeline, params }) => ({ pipeline, params }),
    approval: ({ ask, shows, form, roles, escalate, grant, quorum, expiresMs, onExpiry }) => ({
      ask,
      shows,
      form,
      roles: [...roles].sort(),
      escalate: escalate?.map((stage) => ({ ...stage, roles: [...stage.roles].sort() })),
      grant,
      quorum,
      expiresMs,
      onExpiry,
    }),
    wait: ({ schema, timeoutMs }) => ({ schema, timeoutMs }),
    sleep: ({ until }) => ({ until }),
    reject: (n) => ({ with: n.with }),
  });
  const results = [...waysOf(node)].map(([way, { result }]) => [
    way === 'each' ? 'result' : `result of ${way}`,
    result,
  ]);
  const given = Object.entries({ ...own, after: node.after, ...Object.fromEntries(results) });
  return Object.fromEntries(given.filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
