import type { SigningKey } from '../../client/grants/signing-key.js';
import type { Session } from '../session.js';

/** What the server works with. */
export interface OperateParts {
  readonly session: Session;
  /** File with the operators; undefined: names are claims. */
  readonly operators: string | undefined;
  /** Signs the decisions of operators; null: they are claims of this server. */
  readonly key: SigningKey | null;
  /** Gets what an operator of the server wants to know. */
  log(line: string): void;
}
