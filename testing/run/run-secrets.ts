import { misuse } from '../../dsl/misuse.js';
import { type Binding, isSecret, visitBinding } from '../../plan/binding.js';
import { AttemptSecrets } from '../../worker/steps/secrets.js';
import type { RunOptions } from './options.js';

/** The secrets of one step, from what the test gave. @throws Misuse for one that it did not give. */
export function secretsFor(input: Binding, given: RunOptions['secrets'] = {}): AttemptSecrets {
  visitBinding(input, (part) => {
    if (!isSecret(part) || given[part.$secret] !== undefined) return;
    const name = part.$secret;
    throw misuse(
      `the pipeline uses the secret "${name}", which the test does not give`,
      `Add: { secrets: { ${name}: '…' } }.`,
    );
  });
  return new AttemptSecrets(given);
}
