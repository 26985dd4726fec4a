import fc from 'fast-check';
import { type JWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DecisionToSign, signGrant } from '../../../client/grants/sign-grant.js';
import { makeKeyPair, readSigningKey, type SigningKey } from '../../../client/grants/signing-key.js';
import { digestOfJson } from '../../../plan/canonical.js';
import { isPawlError } from '../../../plan/failure.js';
import { GRANT_TYPE, GRANTED_PARTS, type GrantedDecision } from '../../../plan/grant.js';
import type { Json } from '../../../plan/json.js';
import { grantKeys, parseKeys } from '../../../worker/grants/grant-keys.js';
import { verifyGrant } from '../../../worker/grants/verify-grant.js';

interface Signer {
  readonly key: SigningKey;
  readonly public: JWK;
}

let ann: Signer;
let server: Signer;

async function makeSigner(limits: { names?: string[]; roles?: string[] } = {}): Promise<Signer> {
  const { privateKey, publicKey } = await makeKeyPair(limits);
  return { key: await readSigningKey(JSON.stringify(privateKey)), public: publicKey };
}

const keysOf = (...signers: Signer[]) => parseKeys(JSON.stringify({ keys: signers.map((each) => each.public) }));

beforeAll(async () => {
  server = await makeSigner();
  ann = await makeSigner({ names: ['ann'], roles: ['owner'] });
});

const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => text.trim() === text && text !== '');
const decision: fc.Arbitrary<DecisionToSign> = fc.record(
  {
    run: name,
    runId: fc.uuid(),
    node: name,
    by: name,
    approved: fc.boolean(),
    role: name,
    reason: fc.string({ maxLength: 50 }),
    value: fc.jsonValue() as fc.Arbitrary<Json>,
  },
  { requiredKeys: ['run', 'runId', 'node', 'by'] },
);

function grantedBy({ run, runId, node, by, approved = true, role, reason, value }: DecisionToSign): GrantedDecision {
  const digest = digestOfJson(value ?? null);
  return { run, runId, node, by, approved, role: role ?? null, reason: reason ?? '', value: digest };
}

/** What the verification says. */
async function verdict(grant: string, granted: GrantedDecision, ...signers: Signer[]): Promise<string> {
  try {
    return `signed by ${(await verifyGrant(grant, granted, keysOf(...signers))).key}`;
  } catch (error) {
    if (!isPawlError(error) || error.type !== 'Forbidden' || error.retryable) throw error;
    return error.message.replace('the grant does not count: ', '');
  }
}

const example: DecisionToSign = {
  run: 'r',
  runId: 'id',
  node: 'release',
  by: 'ann',
  role: 'owner',
  value: { level: 1 },
};

describe('a grant', () => {
  test('proves the decision that was signed', async () => {
    await fc.assert(
      fc.asyncProperty(decision, async (said) => {
        const { grant, ...request } = await signGrant(said, { key: server.key });
        expect(await verdict(grant!, grantedBy(said), ann, server)).toBe(`signed by ${server.key.id}`);
        expect(request).toMatchObject({ node: said.node, by: said.by });
      }),
      { numRuns: 50 },
    );
  });

  test('proves no decision that differs in anything', async () => {
    await fc.assert(
      fc.asyncProperty(decision, decision, fc.constantFrom(...GRANTED_PARTS), async (said, other, part) => {
        const changed = { ...grantedBy(said), [part]: grantedBy(other)[part] };
        fc.pre(changed[part] !== grantedBy(said)[part]);
        const { grant } = await signGrant(said, { key: server.key });
        expect(await verdict(grant!, changed, server)).toMatch(/^it is for |^what is filled in/);
      }),
      { numRuns: 100 },
    );
  });

  test('counts no more when a character of it is changed', async () => {
    const { grant = '' } = await signGrant(example, { key: server.key });
    const signed = grant.split('.');
    await fc.assert(
      fc.asyncProperty(fc.nat(grant.length - 1), fc.constantFrom(...'ABCDwxyz0189-_'), async (at, letter) => {
        const forged = grant.slice(0, at) + letter + grant.slice(at + 1);
        // The last character of a part holds bits that mean nothing.
        const isSame = forged.split('.').every((part, index) => decoded(part) === decoded(signed[index]!));
        fc.pre(!isSame);
        expect(await verdict(forged, grantedBy(example), server)).not.toMatch(/^signed/);
      }),
      { numRuns: 200 },
    );
  });

  const decoded = (part: string) => Buffer.from(part, 'base64url').toString('hex');

  test('counts until it expires', async () => {
    const { grant } = await signGrant(example, { key: server.key, validMs: -1000 });
    expect(await verdict(grant!, grantedBy(example), server)).toBe('it has expired');
  });

  test('counts only of a key that is known, and for whom that may sign', async () => {
    const { grant } = await signGrant(example, { key: ann.key });
    expect(await verdict(grant!, grantedBy(example), ann)).toBe(`signed by ${ann.key.id}`);
    expect(await verdict(grant!, grantedBy(example), server)).toBe(`no key "${ann.key.id}" is known here`);
    const asBob = { ...example, by: 'bob' };
    const bob = await signGrant(asBob, { key: ann.key });
    expect(await verdict(bob.grant!, grantedBy(asBob), ann)).toBe('its key may not sign for the name "bob"');
    const asHead = { ...example, role: 'head' };
    const head = await signGrant(asHead, { key: ann.key });
    expect(await verdict(head.grant!, grantedBy(asHead), ann)).toBe('its key may not sign for the role "head"');
    const impostor = { key: { ...server.key, id: ann.key.id }, public: ann.public };
    const forged = await signGrant(example, { key: impostor.key });
    expect(await verdict(forged.grant!, grantedBy(example), ann)).toBe('its signature is not that of its key');
  });

  test('is a token for this, with all of its claims, signed with Ed25519', async () => {
    const token = (typ: string, claims: object) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', typ, kid: server.key.id }).sign(server.key.key);
    const granted = grantedBy(example);
    const now = Math.floor(Date.now() / 1000);
    const times = { iat: now, exp: now + 60, jti: 'one' };
    expect(await verdict(await token(GRANT_TYPE, { ...granted, ...times }), granted, server)).toMatch('signed by');
    expect(await verdict(await token('JWT', { ...granted, ...times }), granted, server)).toBe(
      'it is a token for something else',
    );
    for (const claim of [...GRANTED_PARTS, 'iat', 'exp', 'jti']) {
      const { [claim as 'run']: _, ...rest } = { ...granted, ...times };
      expect(await verdict(await token(GRANT_TYPE, rest), granted, server)).toMatch(`its claim "${claim}"`);
    }
    const hmac = new SignJWT({ ...granted, ...times });
    const secret = new TextEncoder().encode(JSON.stringify(server.public).padEnd(64));
    const weak = await hmac.setProtectedHeader({ alg: 'HS256', typ: GRANT_TYPE, kid: server.key.id }).sign(secret);
    expect(await verdict(weak, granted, server)).toBe('it is not signed with Ed25519');
    const [, payload] = weak.split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: GRANT_TYPE, kid: server.key.id }));
    expect(await verdict(`${header.toString('base64url')}.${payload}.`, granted, server)).not.toMatch(/^signed/);
    expect(await verdict('not a token', granted, server)).toBe('it is no JSON Web Token');
  });
});

describe('keys', () => {
  test('that are none are refused with the reason', async () => {
    expect(() => parseKeys('{"keys":[]}')).toThrow('the keys for grants are no set of Ed25519 keys: keys');
    expect(() => parseKeys('nonsense')).toThrow('the keys for grants are no set of Ed25519 keys');
    expect(() => keysOf(server, server)).toThrow('two keys have the same kid');
    expect(() => parseKeys(JSON.stringify({ keys: [{ ...server.public, kty: 'RSA' }] }))).toThrow('keys: 0: kty');
    await expect(grantKeys('')).rejects.toThrow('this worker knows no keys for grants');
    await expect(grantKeys('/no/such/file')).rejects.toThrow('cannot be read (ENOENT)');
    expect(await grantKeys(JSON.stringify({ keys: [server.public] }))).toHaveLength(1);
  });

  test('of which somebody gave the private half are refused, without showing it', async () => {
    const { privateKey } = await makeKeyPair();
    expect(() => parseKeys(JSON.stringify({ keys: [privateKey] }))).toThrow('keys: 0: d: this is a private key');
    const secret = privateKey.d!;
    for (const text of [JSON.stringify({ ...privateKey, kty: 'EC' }), `{"d":"${secret}"`, `"${secret}"`]) {
      const error: Error = await readSigningKey(text).then(
        () => new Error(secret),
        (reason) => reason,
      );
      expect(error.message).toMatch('the key for signing grants cannot be used');
      expect(`${error.message}${error.stack}${error.cause}`).not.toContain(secret);
    }
  });
});
