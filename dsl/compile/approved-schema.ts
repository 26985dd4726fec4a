import { z } from 'zod';
import type { ApprovalDecision, ApprovalResult } from '../../plan/protocol.js';

const decision: z.ZodType<ApprovalDecision> = z.strictObject({
  approved: z.boolean(),
  by: z.string(),
  role: z.string().nullable(),
  reason: z.string(),
  at: z.iso.datetime(),
  proof: z.enum(['claimed', 'signed']),
  key: z.string().optional(),
  grant: z.string().optional(),
});

/** The schema of an approval's value, with the schema of what approvers fill in. */
export function approvedSchema(form: z.ZodType): z.ZodType {
  const parts: Record<keyof ApprovalResult, z.ZodType> = {
    approved: z.boolean(),
    expired: z.boolean(),
    escalated: z.boolean(),
    decisions: z.array(decision),
    value: form.nullable(),
  };
  return z.strictObject(parts);
}
