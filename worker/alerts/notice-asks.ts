import type { Ask } from '../../plan/protocol.js';
import { askedAlertId, type RunRecord, type Store } from '../../store/index.js';
import type { RaiseAlert } from './raise-alert.js';

const MOST_AT_ONCE = 500;

/**
 * Raises an alert where a run has begun to wait for approvals: one for all that it asked for at the same moment, as the
 * items of a map do. Events come from programs mostly, so nobody is told of those.
 */
export async function noticeAsks(runs: Store['runs'], environment: string, raise: RaiseAlert): Promise<void> {
  for (const run of await runs.askingUntold(MOST_AT_ONCE)) await noticeRun(run, environment, raise);
}

async function noticeRun(run: RunRecord, environment: string, raise: RaiseAlert): Promise<void> {
  const asks = (run.asks ?? []).filter(({ kind }) => kind === 'approval');
  for (const since of new Set(asks.map((ask) => ask.since))) {
    const together = asks.filter((ask) => ask.since === since);
    await raise(askedAlertId(run.runId, since), alertOf(run, together, environment));
  }
}

function alertOf({ pipeline, workflowId, runId }: RunRecord, asks: readonly Ask[], environment: string) {
  const { node, until } = asks[0]!;
  const roles = asks.some((ask) => !ask.roles?.length) ? [] : [...new Set(asks.flatMap((ask) => ask.roles ?? []))];
  return {
    kind: 'asked' as const,
    environment,
    pipeline,
    run: workflowId,
    runId,
    node,
    text: textOf(workflowId, asks, roles),
    ...(roles.length > 0 && { roles }),
    ...(until && { until }),
  };
}

function textOf(id: string, [first, ...more]: readonly Ask[], roles: readonly string[]): string {
  const { node, ask, until } = first!;
  const others = more.length < 10 ? `${more.length} more` : 'many more';
  const where = more.length > 0 ? `${node} and at ${others}` : node;
  const whom = roles.length > 0 ? ` (${roles.join(', ')})` : '';
  return `${id} asks for a decision at ${where}${whom}: ${ask}\n${until ? `Until ${until}` : 'To decide'}: pawl show ${id}`;
}
