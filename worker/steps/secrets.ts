import { makeSecret, type Secret } from '../../dsl/secret.js';
import { FailureType, PawlError } from '../../plan/failure.js';
import { WORKER_NAME } from '../worker-name.js';
import { formsOf, inJson, longestFirst, SHORTEST_SECRET } from './secret-forms.js';

interface Given {
  readonly secret: Secret;
  readonly forms: readonly string[];
}

/** The secrets that one attempt was given, which must not leave it. */
export class AttemptSecrets {
  private readonly given = new Map<string, Given>();
  /** Every form with what is shown instead, the longest first. */
  private shownInstead: readonly (readonly [form: string, shown: string])[] = [];

  constructor(private readonly environment: Readonly<Record<string, string | undefined>> = process.env) {}

  get any(): boolean {
    return this.given.size > 0;
  }

  /** Every text in which one of them is recognised. */
  get forms(): readonly string[] {
    return this.shownInstead.map(([form]) => form);
  }

  /** @throws PawlError `SecretMissing`, which is waited for, when this worker has none of this name that can be used. */
  take(name: string): Secret {
    const known = this.given.get(name);
    if (known) return known.secret;
    const text = this.environment[name] ?? '';
    if (text.trim().length < SHORTEST_SECRET) throw unusable(name, text);
    const secret = makeSecret(name, text);
    this.given.set(name, { secret, forms: formsOf(text) });
    this.shownInstead = this.listForms();
    return secret;
  }

  /** A text with the names of the secrets in place of their texts. */
  hide(text: string): string {
    return this.shownInstead.reduce((left, [form, shown]) => left.replaceAll(form, () => shown), text);
  }

  /** The name of a secret that a text contains. */
  nameIn(text: string): string | undefined {
    return this.find((form) => text.includes(form));
  }

  /** The name of a secret that a JSON value contains, in whatever form. */
  nameInJson(value: unknown): string | undefined {
    if (!this.any) return undefined;
    const text = JSON.stringify(value) ?? '';
    return this.find((form) => text.includes(form) || text.includes(inJson(form)));
  }

  /** The name of the first secret with a form of which this holds. */
  find(holds: (form: string) => boolean): string | undefined {
    for (const [name, { forms }] of this.given) if (forms.some(holds)) return name;
    return undefined;
  }

  /** @throws PawlError `InvalidValue`, not retryable, when a value that is about to be kept contains a secret. */
  refuseIn(value: unknown, what: string): void {
    this.refuse(this.nameInJson(value), what);
  }

  /** @throws PawlError `InvalidValue`, not retryable, if a secret was found. */
  refuse(name: string | undefined, what: string): void {
    if (name === undefined) return;
    throw new PawlError(FailureType.InvalidValue, `${what} contains the text of the secret "${name}"`, {
      hint: 'Nothing of it was kept. Leave the secret out: what a step puts out is readable to everyone who sees the run.',
      retryable: false,
    });
  }

  private listForms(): readonly (readonly [string, string])[] {
    const all = [...this.given.values()].flatMap(({ secret, forms }) => forms.map((form) => ({ form, secret })));
    const forms = longestFirst(all.map(({ form }) => form));
    return forms.map((form) => [form, shownFor(all.find((each) => each.form === form)!.secret.name, forms)]);
  }
}

/** A secret whose text is a part of its name's mark is not helped by the mark. */
function shownFor(name: string, forms: readonly string[]): string {
  const mark = `[secret ${name}]`;
  return forms.some((form) => mark.includes(form)) ? '***' : mark;
}

function unusable(name: string, text: string): PawlError {
  const where = `on worker ${WORKER_NAME}`;
  const message =
    text === ''
      ? `the secret "${name}" is missing: the environment variable ${name} is not set ${where}`
      : `the secret "${name}" has fewer than ${SHORTEST_SECRET} characters ${where}: too short to be told apart in texts`;
  return new PawlError(FailureType.SecretMissing, message, {
    hint: `Set ${name} where this worker is started and start it again; the run goes on by itself.`,
  });
}
