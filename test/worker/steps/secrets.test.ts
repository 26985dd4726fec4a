import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ApplicationFailure, DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { secretText } from '../../../dsl/secret.js';
import { step } from '../../../dsl/step.js';
import { FailureType, PawlError } from '../../../plan/failure.js';
import type { Json } from '../../../plan/json.js';
import { makeSecret, type TestContext, testContext } from '../../../testing/index.js';
import { asFailure, isOutage } from '../../../worker/steps/failures.js';
import { findInFile } from '../../../worker/steps/find-in-file.js';
import { guardContext } from '../../../worker/steps/guard-context.js';
import { hideInDetails, hideInError } from '../../../worker/steps/hide-secrets.js';
import { AttemptSecrets } from '../../../worker/steps/secrets.js';
import { decodeValue } from '../../../worker/steps/values.js';

let ctx: TestContext;

beforeAll(async () => {
  ctx = await testContext();
});

afterAll(() => ctx.cleanup());

function holding(environment: Record<string, string>): AttemptSecrets {
  const secrets = new AttemptSecrets(environment);
  for (const name of Object.keys(environment)) secrets.take(name);
  return secrets;
}

/** All that Temporal would record of an error. */
function recorded(error: unknown): string {
  const failure = asFailure(error, { again: false });
  return JSON.stringify(new DefaultFailureConverter().errorToFailure(failure, defaultPayloadConverter), (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value,
  );
}

/** Whether a text gives a secret away, as a reader would see it: plainly, escaped once or twice, or in a URL. */
function gives(text: string, secret: string): boolean {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const twice = JSON.stringify(escaped).slice(1, -1);
  return [secret, escaped, twice, encodeURIComponent(secret)].some((form) => text.includes(form));
}

// What a pattern of the error's own text may equal by chance is not a leak: random secrets are long enough not to.
const secretTexts = fc
  .oneof(
    fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }),
    fc.stringMatching(/^[A-Za-z0-9+/=@:"'\\$&%\n -]{8,60}$/),
  )
  .filter((text) => text.trim().length >= 6 && /[^\s]{4}/.test(text));

describe('a secret in a step', () => {
  test('comes from the environment variable of its name', async () => {
    const secrets = new AttemptSecrets({ TOKEN: 'abc123' });
    const input = {
      token: { $secret: 'TOKEN' },
      list: [{ $secret: 'TOKEN' }],
      literal: { $lit: { $secret: 'TOKEN' } },
    };
    const decoded = (await decodeValue(input, { artifacts: ctx.artifacts, definitions: new Map(), secrets })) as {
      token: { reveal(): string };
      literal: Json;
    };
    expect(decoded.token.reveal()).toBe('abc123');
    expect(decoded.literal).toEqual({ $secret: 'TOKEN' });
    expect(JSON.stringify(decoded)).toBe(
      '{"token":"[secret TOKEN]","list":["[secret TOKEN]"],"literal":{"$secret":"TOKEN"}}',
    );
    expect(`${decoded.token} ${inspect(decoded, { depth: 5 })}`).not.toContain('abc123');
  });

  test.each([
    [undefined, /"TOKEN" is missing: the environment variable TOKEN is not set on worker .+:\d+/],
    ['', /is not set/],
    ['abc', /fewer than 4 characters/],
    ['   a\n', /fewer than 4 characters/],
  ])('that is %j in the environment is waited for', (text, message) => {
    const take = () => new AttemptSecrets({ TOKEN: text }).take('TOKEN');
    expect(take).toThrow(message);
    try {
      take();
    } catch (error) {
      expect(isOutage(error)).toBe(true);
      expect((error as PawlError).hint).toContain('Set TOKEN where this worker is started');
    }
  });

  test('stands nowhere but in the input of a step', async () => {
    await expect(
      decodeValue({ $secret: 'TOKEN' }, { artifacts: ctx.artifacts, definitions: new Map() }),
    ).rejects.toMatchObject({ type: 'InvalidValue', message: 'the secret "TOKEN" cannot stand here' });
  });

  test('can be made for a test', async () => {
    const login = step(
      'login',
      { input: z.object({ password: secretText() }), output: z.object({ length: z.int() }) },
      ({ password }) => ({ length: password.reveal().length }),
    );
    expect(await login.run({ password: makeSecret('WAREHOUSE_PASSWORD', 'hunter22') })).toEqual({ length: 8 });
    await expect(login.run({ password: 'hunter22' as never })).rejects.toThrow("pass secret('NAME')");
  });
});

describe('what an attempt keeps', () => {
  const texts = ['hunter22', 'two\nlines "and" quotes', 'p@ss/w&rd 1', 'ключ-от-склада'];

  test.each(texts)('is refused when it holds %j', (text) => {
    const secrets = holding({ TOKEN: text });
    const refused: Json[] = [
      text,
      { deep: [{ text: `a ${text} b` }] },
      { [text]: 1 },
      { body: JSON.stringify({ password: text }) },
      { url: `https://host/?token=${encodeURIComponent(text)}` },
      { form: new URLSearchParams({ token: text }).toString() },
    ];
    for (const value of refused) {
      expect(() => secrets.refuseIn(value, 'the output of step "x"')).toThrow(
        'the output of step "x" contains the text of the secret "TOKEN"',
      );
    }
    secrets.refuseIn({ fine: text.slice(1), shown: '[secret TOKEN]', n: 1, yes: true, nothing: null }, 'it');
  });

  test('is refused for a single line of a key, not for the lines around every key', () => {
    const line = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw';
    const secrets = holding({ KEY: `-----BEGIN PRIVATE KEY-----\n${line}\n-----END PRIVATE KEY-----\n` });
    expect(secrets.hide(`  ${line}'`)).toBe("  [secret KEY]'");
    secrets.refuseIn({ note: '-----BEGIN PRIVATE KEY-----' }, 'it');
  });

  test('covers artifacts, checkpoints, reasons of a rejection and the registry', async () => {
    const guarded = guardContext(ctx, holding({ TOKEN: 'hunter22' }));
    const file = join(ctx.scratch, 'file.bin');
    await mkdir(join(ctx.scratch, 'folder/deep'), { recursive: true });
    await writeFile(file, Buffer.concat([Buffer.alloc((1 << 20) - 3, 1), Buffer.from('hunter22')]));
    await writeFile(join(ctx.scratch, 'folder/deep/x'), 'x hunter22');
    const refusal = { type: FailureType.InvalidValue, retryable: false };
    await expect(guarded.artifacts.putJson({ a: 'hunter22' })).rejects.toMatchObject(refusal);
    await expect(guarded.artifacts.putBytes(Buffer.from('-hunter22-'), 'text/plain')).rejects.toMatchObject(refusal);
    await expect(guarded.artifacts.putFile(file, 'text/plain')).rejects.toMatchObject(refusal);
    await expect(guarded.artifacts.putFolder(join(ctx.scratch, 'folder'))).rejects.toMatchObject(refusal);
    const model = { name: 'm', model: 'hunter22', report: null, key: 'k', run: 'r' };
    await expect(guarded.registry.register(model)).rejects.toMatchObject(refusal);
    expect(() => guarded.reject('no', { why: 'hunter22' })).toThrow(expect.objectContaining(refusal));
    expect(() => guarded.reject('hunter22 is wrong', { fine: 1 })).toThrow('[secret TOKEN] is wrong');
    const kept = await guarded.artifacts.putJson({ fine: 1 });
    expect(await guarded.artifacts.getJson(kept)).toEqual({ fine: 1 });
    await guarded.checkpoints.save({ step: 1, artifact: kept });
    expect(await guarded.checkpoints.latest()).toEqual({ step: 1, artifact: kept });
  });

  test('is searched in parts that overlap', async () => {
    const file = join(ctx.scratch, 'overlap.bin');
    for (const offset of [0, 1, (1 << 20) - 7, (1 << 20) - 1, 1 << 20]) {
      await writeFile(file, Buffer.concat([Buffer.alloc(offset, 1), Buffer.from('hunter22'), Buffer.alloc(9)]));
      expect(await findInFile(file, ['other', 'hunter22'])).toBe('hunter22');
    }
    await writeFile(file, 'hunter2');
    expect(await findInFile(file, ['hunter22'])).toBeUndefined();
  });
});

describe('what an attempt says', () => {
  test('has the name of the secret in its place, everywhere in an error', () => {
    const secrets = holding({ TOKEN: 'hunter22' });
    const deepest = Object.assign(new Error('hunter22 in the deepest'), { name: 'hunter22Error' });
    const error = new PawlError(FailureType.InvalidData, 'cannot log in as hunter22', {
      hint: 'Is hunter22 right?',
      retryable: false,
      cause: new TypeError('because of hunter22', { cause: deepest }),
    });
    const hidden = hideInError(error, secrets) as PawlError;
    expect(hidden).toMatchObject({ type: 'InvalidData', retryable: false, hint: 'Is [secret TOKEN] right?' });
    expect(recorded(hidden)).toContain('because of [secret TOKEN]');
    expect(recorded(hidden)).not.toContain('hunter22');
    expect(hidden.stack).toContain('secrets.test.ts');
    const failure = ApplicationFailure.create({
      type: 'hunter22',
      message: 'hunter22',
      details: [{ a: ['hunter22'] }],
    });
    expect(recorded(hideInError(failure, secrets))).not.toContain('hunter22');
    expect(recorded(hideInError('hunter22', secrets))).not.toContain('hunter22');
  });

  test('reaches neither log nor progress', () => {
    const guarded = guardContext(ctx, holding({ TOKEN: 'hunter22' }));
    class Login {
      readonly password = 'hunter22';
    }
    guarded.log.info('with hunter22', {
      hunter22: [new Error('hunter22')],
      login: new Login(),
      map: new Map([['k', 'hunter22']]),
      at: new Date(0),
      n: 3,
    });
    guarded.progress({ message: 'hunter22', fraction: 0.5, detail: { hunter22: 'hunter22' } });
    expect(inspect([ctx.logged, ctx.reported], { depth: 9 })).not.toContain('hunter22');
    expect(ctx.logged.at(-1)?.details).toMatchObject({ at: new Date(0), n: 3 });
    expect(ctx.reported.at(-1)).toMatchObject({ message: '[secret TOKEN]', fraction: 0.5 });
  });

  test('shows no part of a longer secret where a shorter one is in it', () => {
    expect(holding({ USER: 'admin', TOKEN: 'admin-token-1' }).hide('admin-token-1 and admin')).toBe(
      '[secret TOKEN] and [secret USER]',
    );
    expect(holding({ SECRET: 'secret' }).hide('the secret')).toBe('the ***');
  });

  test('nothing leaks, whatever the secret and whatever is around it', () => {
    const around = fc.string({ maxLength: 20 });
    fc.assert(
      fc.property(secretTexts, around, around, fc.boolean(), (text, before, after, inJson) => {
        const secrets = holding({ SOME_NAME: text });
        const said = `${before}${inJson ? JSON.stringify({ [text]: text }) : text}${after}`;
        expect(() => secrets.refuseIn({ out: [said] }, 'it')).toThrow('SOME_NAME');
        const error = new Error(said, { cause: new TypeError(said) });
        const shown = [
          recorded(hideInError(error, secrets)),
          JSON.stringify(hideInDetails({ [said]: [said, { said }] }, secrets)),
        ];
        for (const each of shown) expect(gives(each, text)).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  test('stays as it is without a secret in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const secrets = holding({ TOKEN: 'never-in-random-values-0123456789' });
        secrets.refuseIn(value, 'it');
        expect(hideInDetails(value, secrets)).toEqual(value);
      }),
    );
  });
});
