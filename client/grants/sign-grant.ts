import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { digestOfJson } from '../../plan/canonical.js';
import { GRANT_TYPE, type GrantedDecision } from '../../plan/grant.js';
import type { Json } from '../../plan/json.js';
import type { ApproveRequest } from '../../plan/protocol.js';
import type { SigningKey } from './signing-key.js';

export interface SignGrantOptions {
  readonly key: SigningKey;
  /** How long the grant counts, in milliseconds. Default: 5 minutes. */
  readonly validMs?: number;
}

/** What is decided, where, and by whom. */
export interface DecisionToSign {
  /** Workflow id. */
  readonly run: string;
  /** Temporal's run id; `pawl show RUN --json` has it. */
  readonly runId: string;
  /** The node's id in the run, in full. */
  readonly node: string;
  readonly by: string;
  /** Default: true. */
  readonly approved?: boolean;
  /** Default: none. */
  readonly role?: string;
  /** Default: none. */
  readonly reason?: string;
  /** What the form asks for. Default: nothing. */
  readonly value?: Json;
}

const VALID_MS = 300_000;

/** Signs a decision. The result is the input of the Update `approve`, the grant in it. */
export async function signGrant(decision: DecisionToSign, options: SignGrantOptions): Promise<ApproveRequest> {
  const { key, validMs = VALID_MS } = options;
  const { run, runId, value, approved = true, ...rest } = decision;
  const by = decision.by.trim();
  const granted: GrantedDecision = {
    run,
    runId,
    node: decision.node,
    approved,
    by,
    role: decision.role ?? null,
    reason: decision.reason ?? '',
    value: digestOfJson(value ?? null),
  };
  const now = Math.floor(Date.now() / 1000);
  const grant = await new SignJWT({ ...granted })
    .setProtectedHeader({ alg: 'EdDSA', typ: GRANT_TYPE, kid: key.id })
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + Math.ceil(validMs / 1000))
    .sign(key.key);
  return { ...rest, by, approved, ...(value !== undefined && { value }), grant };
}
