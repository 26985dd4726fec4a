import type { Context } from 'hono';
import { type Operator, operatorOf, readOperators } from './operators.js';
import { Problem } from './problem.js';

/** Names of this machine that only it reaches. */
const LOOPBACK = ['127.0.0.1', 'localhost', '::1', '[::1]'];

export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host);
}

/**
 * Who asks; null where there is no list of operators, and names are claims. The list is read anew for each request, so
 * that a token can be withdrawn at once.
 * @throws Problem 401 for a token that is nobody's; 403 for a page of another site.
 */
export async function authenticate(c: Context, file: string | undefined): Promise<Operator | null> {
  if (file === undefined) {
    checkHost(c);
    return null;
  }
  const [, token] = /^Bearer ([\w.~+/=-]{1,500})$/i.exec(c.req.header('authorization') ?? '') ?? [];
  const operator = token === undefined ? null : operatorOf(token, await currentOperators(file));
  if (operator) return operator;
  const what = token === undefined ? 'the request has no token' : 'the token is nobody’s';
  throw new Problem(401, what, 'Send "authorization: Bearer TOKEN"; pawl operators token makes one.');
}

async function currentOperators(file: string): Promise<readonly Operator[]> {
  return readOperators(file).catch((error: Error) => {
    throw new Problem(503, error.message, 'Until it is mended, nobody is let in.');
  });
}

/** A browser that was led here by another site's name sends that name. */
function checkHost(c: Context): void {
  const host = (c.req.header('host') ?? '').replace(/:\d+$/, '');
  if (isLoopback(host)) return;
  throw new Problem(
    403,
    `this server is not called "${host.slice(0, 100)}"`,
    'Without operators it is 127.0.0.1 only.',
  );
}
