import type { z } from 'zod';
import type { ApprovalDecision } from '../../plan/protocol.js';
import { durationMs } from '../duration.js';
import type { EdgeOf } from '../edge.js';
import { jsonSchemaOf } from '../json-schema.js';
import { misuse } from '../misuse.js';
import type { Ref } from '../ref.js';
import { outputRef } from '../trace.js';
import { stagesOf } from './escalation.js';
import { type ControlOptions, claimNode } from './node-options.js';

/** What an approval gives. */
export interface Approved<Form> {
  readonly approved: boolean;
  /** Nobody decided in time. */
  readonly expired: boolean;
  /** It took so long that others could decide too; see `escalate`. */
  readonly escalated: boolean;
  readonly decisions: readonly ApprovalDecision[];
  /** What the last approver filled in; `null` without a form, or when it was not approved. */
  readonly value: Form | null;
}

/** Who may decide at an approval that has waited for long. */
export interface EscalateOptions {
  /** How long it has waited then: `'2d'`, or milliseconds. */
  readonly after: string | number;
  /** Who may decide from then on. */
  readonly roles: readonly string[];
  /** `true`: those who could decide before may not any more. Default: they still may. */
  readonly instead?: boolean;
}

export interface ApprovalOptions<Form extends z.ZodType> extends ControlOptions {
  /** The question, as people read it. */
  readonly ask: string;
  /** What it is about: shown to those who decide. */
  readonly show?: unknown;
  /** What an approver fills in; checked when it is sent. Default: nothing. */
  readonly form?: Form;
  /** Who may decide. Default: anyone. */
  readonly roles?: readonly string[];
  /**
   * Who else may decide when nobody has for so long, in one stage or in several; each is told of through
   * `PAWL_ALERT_URL`. Needs `roles`.
   */
  readonly escalate?: EscalateOptions | readonly EscalateOptions[];
  /**
   * `required`: decisions count only with a signed grant, which proves who decided. Default: as the environment says
   * (`PAWL_GRANTS`).
   */
  readonly grant?: 'required';
  /** How many different people must approve; a single refusal decides against. Default: 1. */
  readonly quorum?: number;
  /** How long it is waited for: `'2d'`, or milliseconds. Default: for ever. */
  readonly expires?: string | number;
  /** What happens then: `decline` gives a value that says so, `reject` ends the run as rejected. Default: `decline`. */
  readonly onExpiry?: 'reject' | 'decline';
}

/**
 * Waits until people have decided, with `pawl approve RUN` or the Update `approve` in the Temporal UI. Its value says
 * how; a refusal ends nothing by itself.
 *
 * @example
 * const release = approval({ ask: 'Deploy this model?', show: report, expires: '2d' });
 * when(release.approved, () => deploy({ … }));
 */
export function approval<Form extends z.ZodType = z.ZodNull>(
  options: ApprovalOptions<Form>,
): Ref<Approved<EdgeOf<Form>>> {
  const { tracer, head } = claimNode('approval', options);
  const { ask, form, roles = [], escalate, grant, quorum = 1, expires, onExpiry = 'decline' } = options;
  if (!Number.isInteger(quorum) || quorum < 1)
    tracer.report(misuse(`approval "${head.id}" has quorum ${quorum}`, 'Give a whole number from 1.'));
  if (form) tracer.schemas.set(`node/${head.id}`, form);
  const expiresMs = expires === undefined ? null : tracer.attempt(() => durationMs(expires), null);
  const stages = escalate && tracer.attempt(() => stagesOf(head.id, { escalate, roles, expiresMs }), undefined);
  tracer.add({
    kind: 'approval',
    ...head,
    ask,
    shows: tracer.bind(options.show),
    form: form ? jsonSchemaOf(form) : null,
    roles,
    ...(stages && { escalate: stages }),
    ...(grant && { grant }),
    quorum,
    expiresMs,
    onExpiry,
  });
  return outputRef(head.id);
}
