import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { FailureType, PawlError } from '../../plan/failure.js';

/** What an operator may do, beside looking. */
export const ACTIONS = ['approve', 'send', 'retry', 'skip', 'abort', 'cancel'] as const;
export type Action = (typeof ACTIONS)[number];

const operatorSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  roles: z.array(z.string().min(1)).default([]),
  may: z.array(z.enum(ACTIONS)).optional(),
  token: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, 'write "sha256:" and the digest, as `pawl operators token` prints it'),
});

const fileSchema = z
  .strictObject({ operators: z.array(operatorSchema).min(1) })
  .refine(
    ({ operators }) => new Set(operators.map(({ token }) => token)).size === operators.length,
    'two operators have the same token',
  );

/** Somebody who may act on runs. */
export type Operator = z.infer<typeof operatorSchema>;

/**
 * The operators of a file.
 * @throws PawlError `InvalidInput` for a file that cannot be read or says something else.
 */
export async function readOperators(file: string): Promise<readonly Operator[]> {
  const parsed = fileSchema.safeParse(parseJson(await textOf(file)));
  if (parsed.success) return parsed.data.operators;
  const { path, message } = parsed.error.issues[0]!;
  throw unreadable(`${[...path.map(String), message].join(': ')}`);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw unreadable(String((cause as NodeJS.ErrnoException).code), cause);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable('it is not JSON');
  }
}

function unreadable(why: string, cause?: unknown): PawlError {
  return new PawlError(FailureType.InvalidInput, `the list of operators cannot be used: ${why}`, {
    hint: '{"operators": [{"name": "ann", "roles": ["owner"], "token": "sha256:…"}]}; pawl operators token prints a line.',
    cause,
  });
}

/** A new token, and what stands for it in the file. */
export function makeToken(): { readonly token: string; readonly digest: string } {
  const token = `pawl_${randomBytes(32).toString('base64url')}`;
  return { token, digest: digestOfToken(token) };
}

function digestOfToken(token: string): string {
  return `sha256:${createHash('sha256').update(token).digest('hex')}`;
}

/** Whose token it is. Every operator is compared, each in the same time, so that the time tells nothing. */
export function operatorOf(token: string, operators: readonly Operator[]): Operator | null {
  const digest = Buffer.from(digestOfToken(token));
  let found: Operator | null = null;
  for (const operator of operators) {
    if (timingSafeEqual(digest, Buffer.from(operator.token))) found = operator;
  }
  return found;
}
