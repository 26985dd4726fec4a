import { existsSync } from 'node:fs';
import { pipeline, secret, secretText, step, when, z } from 'pawl';

const how = z.enum(['well', 'leak', 'throw', 'reject', 'artifact']);
const input = z.object({ password: secretText(), how, file: z.string() });

/** Uses a password well or badly, as its input says. */
function use({ password, how, file }: z.output<typeof input>) {
  const text = password.reveal();
  // A retry by an operator mends it.
  if (how === 'throw' && !existsSync(file)) {
    throw new Error(`cannot log in to https://me:${encodeURIComponent(text)}@host`, { cause: new Error(text) });
  }
  return { length: text.length, shown: `${password}`, text: how === 'leak' ? text : '' };
}

const output = z.object({ length: z.int(), shown: z.string(), text: z.string() });

const remote = step('remote', { input, output, retry: { attempts: 2, backoffMs: 50 } }, async (given, ctx) => {
  const text = given.password.reveal();
  ctx.log.warn(`logs in with ${text}`, { text, given });
  ctx.progress({ message: `logged in with ${text}`, text });
  if (given.how === 'artifact') await ctx.artifacts.putJson({ text });
  if (given.how === 'reject') ctx.reject(`wrong password ${text}`, { hint: text });
  return use(given);
});

const light = step('light', { input, output, light: true }, (given, ctx) => {
  ctx.log.warn(`logs in with ${given.password.reveal()}`);
  return use(given);
});

/** The same secret in a step on a queue and in one beside the workflow. */
export default pipeline(
  'secrets',
  { params: z.object({ how: how.default('well'), light: z.boolean().default(false), file: z.string().default('') }) },
  (params) => {
    const given = { password: secret('PAWL_TEST_PASSWORD'), how: params.how, file: params.file };
    return when(
      params.light,
      () => light(given),
      () => remote(given),
    );
  },
);
