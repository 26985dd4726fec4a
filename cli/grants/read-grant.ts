import { readFile } from 'node:fs/promises';
import { decodeJwt } from 'jose';
import { FailureType, PawlError } from '../../plan/failure.js';
import type { GrantClaims } from '../../plan/grant.js';
import { isJsonObject, type Json } from '../../plan/json.js';
import type { ApproveRequest } from '../../plan/protocol.js';

/**
 * The decision that a grant is for. The run verifies it; here it is only read.
 * @param given A file, or the text itself: what `pawl grants sign` prints, or the signed token alone.
 * @throws PawlError `InvalidInput` for what is neither.
 */
export async function readGrant(given: string): Promise<ApproveRequest> {
  const text = (await fileText(given)) ?? given.trim();
  if (text.startsWith('{')) return fromRequest(text);
  return fromToken(text);
}

async function fileText(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch {
    return undefined;
  }
}

function fromRequest(text: string): ApproveRequest {
  const request = parse(text);
  if (isJsonObject(request) && typeof request.grant === 'string') return request as unknown as ApproveRequest;
  throw noGrant();
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw noGrant();
  }
}

function fromToken(token: string): ApproveRequest {
  const { node, approved, by, role, reason } = claimsOf(token);
  return { node, approved, by, ...(role !== null && { role }), ...(reason && { reason }), grant: token };
}

function claimsOf(token: string): GrantClaims {
  try {
    return decodeJwt<GrantClaims>(token);
  } catch {
    throw noGrant();
  }
}

function noGrant(): PawlError {
  return new PawlError(FailureType.InvalidInput, '--grant is neither a file nor a grant', {
    hint: 'Give the file with what `pawl grants sign` printed, or the signed token itself.',
  });
}
