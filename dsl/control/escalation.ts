import type { EscalationStage } from '../../plan/plan.js';
import { durationMs } from '../duration.js';
import { misuse } from '../misuse.js';
import type { EscalateOptions } from './approval.js';

interface Escalating {
  readonly escalate: EscalateOptions | readonly EscalateOptions[];
  readonly roles: readonly string[];
  /** Null: for ever. */
  readonly expiresMs: number | null;
}

/**
 * The stages of an approval as a plan has them.
 * @throws Misuse for stages that add nobody, or that a run cannot come to in this order.
 */
export function stagesOf(id: string, { escalate, roles, expiresMs }: Escalating): readonly EscalationStage[] {
  if (roles.length === 0)
    throw misuse(
      `approval "${id}" escalates, and anyone may decide there already`,
      'Say with `roles` who may at first.',
    );
  const stages = (isList(escalate) ? escalate : [escalate]).map((stage) => toStage(id, stage));
  if (stages.length === 0)
    throw misuse(`approval "${id}" escalates to nobody`, "Write { after: '2d', roles: ['head'] }.");
  stages.forEach(({ afterMs }, index) => {
    if (index > 0 && afterMs <= stages[index - 1]!.afterMs)
      throw misuse(`stage ${index + 1} of approval "${id}" is not later than the stage before it`, TIMES);
  });
  if (expiresMs !== null && stages.at(-1)!.afterMs >= expiresMs)
    throw misuse(`approval "${id}" expires before it has escalated`, `Let it expire later. ${TIMES}`);
  return stages;
}

const TIMES = 'Each `after`, and `expires`, counts from when the run began to wait there.';

function toStage(id: string, { after, roles, instead }: EscalateOptions): EscalationStage {
  if (!Array.isArray(roles) || roles.length === 0)
    throw misuse(
      `a stage of approval "${id}" has no roles`,
      "Say who may decide then: { after: '2d', roles: ['head'] }.",
    );
  return { afterMs: durationMs(after), roles, ...(instead === true && { instead }) };
}

function isList(escalate: Escalating['escalate']): escalate is readonly EscalateOptions[] {
  return Array.isArray(escalate);
}
