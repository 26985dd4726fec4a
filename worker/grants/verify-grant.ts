import { decodeProtectedHeader, errors, importJWK, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';
import { FailureType, PawlError } from '../../plan/failure.js';
import { GRANT_TYPE, GRANTED_PARTS, type GrantClaims, type GrantedDecision } from '../../plan/grant.js';
import type { GrantProof } from '../../plan/protocol.js';
import type { GrantKey } from './grant-keys.js';

const claimsSchema: z.ZodType<GrantClaims> = z.looseObject({
  run: z.string(),
  runId: z.string(),
  node: z.string(),
  approved: z.boolean(),
  by: z.string().min(1),
  role: z.string().nullable(),
  reason: z.string(),
  value: z.templateLiteral(['sha256:', z.string()]),
  jti: z.string().min(1).max(200),
  iat: z.number(),
  exp: z.number(),
});

/**
 * Whether a grant proves exactly this decision.
 * @returns by which key, and the grant's id.
 * @throws PawlError `Forbidden` that says what is wrong with it, not retryable.
 */
export async function verifyGrant(
  grant: string,
  decision: GrantedDecision,
  keys: readonly GrantKey[],
): Promise<GrantProof> {
  const key = keyOf(grant, keys);
  const claims = await claimsOf(grant, key);
  for (const part of GRANTED_PARTS) {
    if (claims[part] !== decision[part]) throw refused(mismatch(part, claims, decision));
  }
  checkLimit('name', claims.by, key.names);
  checkLimit('role', claims.role, key.roles);
  return { key: key.kid, grant: claims.jti };
}

function keyOf(grant: string, keys: readonly GrantKey[]): GrantKey {
  const kid = headerOf(grant).kid;
  const key = keys.find((each) => each.kid === kid);
  if (key) return key;
  throw refused(kid === undefined ? 'it does not say which key signed it' : `no key "${clip(kid)}" is known here`);
}

function headerOf(grant: string): { readonly kid?: string } {
  try {
    return decodeProtectedHeader(grant);
  } catch {
    throw refused('it is no JSON Web Token');
  }
}

async function claimsOf(grant: string, key: GrantKey): Promise<GrantClaims> {
  const publicKey = await importJWK(key as JWK, 'EdDSA');
  const { payload } = await jwtVerify(grant, publicKey, {
    typ: GRANT_TYPE,
    algorithms: ['EdDSA', 'Ed25519'],
    requiredClaims: ['exp', 'iat', 'jti'],
  }).catch((error: unknown) => {
    throw refused(whyNot(error));
  });
  const parsed = claimsSchema.safeParse(payload);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw refused(`its claim "${path.join('.')}" is not as it should be: ${message}`);
}

function whyNot(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'it has expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'its signature is not that of its key';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'typ')
    return 'it is a token for something else';
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim "${error.claim}" is missing or does not hold`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'it is not signed with Ed25519';
  return 'it is no signed JSON Web Token';
}

function mismatch(part: keyof GrantedDecision, claims: GrantedDecision, decision: GrantedDecision): string {
  if (part === 'runId')
    return 'it is for another execution of this run, as one before a reset: what it shows may differ';
  if (part === 'value') return 'what is filled in is not what was signed';
  return `it is for ${part} ${clip(JSON.stringify(claims[part]))}, and the decision has ${clip(JSON.stringify(decision[part]))}`;
}

function checkLimit(what: string, given: string | null, allowed: readonly string[] | undefined): void {
  if (allowed === undefined || (given === null && what === 'role') || allowed.includes(given ?? '')) return;
  throw refused(`its key may not sign for the ${what} "${clip(given ?? '')}"`);
}

/** In characters. */
const MAX_SHOWN = 200;

function clip(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}

function refused(why: string): PawlError {
  return new PawlError(FailureType.Forbidden, `the grant does not count: ${why}`, {
    hint: 'Have it signed again, for this run and node; nothing was changed by it.',
    retryable: false,
  });
}
