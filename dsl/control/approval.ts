import type { z } from 'zod';
import type { ApprovalDecision } from '../../plan/protocol.js';
import { durationMs } from '../duration.js';
import type { EdgeOf } from '../edge.js';
import { jsonSchemaOf } from '../json-schema.js';
import { misuse } from '../misuse.js';
import type { Ref } from '../ref.js';
import { outputRef } from '../trace.js';
import { type ControlOptions, claimNode } from './node-options.js';

/** What an approval gives. */
export interface Approved<Form> {
  readonly approved: boolean;
  /** Nobody decided in time. */
  readonly expired: boolean;
  readonly decisions: readonly ApprovalDecision[];
  /** What the last approver filled in; `null` without a form, or when it was not approved. */
  readonly value: Form | null;
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
  const { ask, form, roles = [], quorum = 1, expires, onExpiry = 'decline' } = options;
  if (!Number.isInteger(quorum) || quorum < 1)
    tracer.report(misuse(`approval "${head.id}" has quorum ${quorum}`, 'Give a whole number from 1.'));
  if (form) tracer.schemas.set(`node/${head.id}`, form);
  tracer.add({
    kind: 'approval',
    ...head,
    ask,
    shows: tracer.bind(options.show),
    form: form ? jsonSchemaOf(form) : null,
    roles,
    quorum,
    expiresMs: expires === undefined ? null : tracer.attempt(() => durationMs(expires), null),
    onExpiry,
  });
  return outputRef(head.id);
}
