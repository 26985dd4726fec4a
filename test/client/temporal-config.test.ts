import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { configuredTemporal } from '../../client/temporal-config.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-config-'));
  for (const name of Object.keys(process.env)) if (name.startsWith('TEMPORAL_')) vi.stubEnv(name, undefined);
  vi.stubEnv('XDG_CONFIG_HOME', folder);
  vi.stubEnv('HOME', folder);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

function set(variables: Record<string, string>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

async function profileFile(text: string): Promise<string> {
  const file = join(folder, 'profiles.toml');
  await writeFile(file, text);
  return file;
}

test('with nothing set it is the server of this machine', () => {
  expect(configuredTemporal()).toEqual({
    ...{ address: 'localhost:7233', namespace: 'default' },
    ...{ tls: undefined, apiKey: undefined, metadata: undefined },
  });
});

test('an empty variable counts as not set: an empty key does not switch TLS on', () => {
  set({ TEMPORAL_ADDRESS: '', TEMPORAL_NAMESPACE: '', TEMPORAL_API_KEY: '', TEMPORAL_TLS: '', TEMPORAL_PROFILE: '' });
  expect(configuredTemporal()).toMatchObject({ address: 'localhost:7233', namespace: 'default', tls: undefined });
});

test('an API key switches TLS on, unless that is switched off', () => {
  set({ TEMPORAL_API_KEY: 'key' });
  expect(configuredTemporal()).toMatchObject({ apiKey: 'key', tls: true });
  set({ TEMPORAL_TLS: 'false' });
  expect(configuredTemporal()).toMatchObject({ apiKey: 'key', tls: false });
});

test('a profile of a file is read, and variables win over it', async () => {
  const file = await profileFile(`
    [profile.default]
    address = "other:7233"
    [profile.prod]
    address = "cloud:7233"
    namespace = "ml.a1b2c"
    api_key = "of the file"
    [profile.prod.tls]
    server_name = "name"
    client_cert_data = "cert"
    client_key_data = "key"
    [profile.prod.grpc_meta]
    Some_Long_Header = "1"
  `);
  set({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prod', TEMPORAL_API_KEY: 'of the shell' });
  const tls = { serverNameOverride: 'name', clientCertPair: { crt: expect.anything(), key: expect.anything() } };
  expect(configuredTemporal()).toMatchObject({
    ...{ address: 'cloud:7233', namespace: 'ml.a1b2c', apiKey: 'of the shell' },
    ...{ tls, metadata: { 'some-long-header': '1' } },
  });
  expect(configuredTemporal('default').address).toBe('other:7233');
});

test('headers come from variables too, with a dash for each underscore; an empty one removes', async () => {
  const file = await profileFile('[profile.default.grpc_meta]\nremoved = "x"\nkept = "y"');
  set({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_GRPC_META_A_B_C_D: '1', TEMPORAL_GRPC_META_REMOVED: '' });
  expect(configuredTemporal().metadata).toEqual({ kept: 'y', 'a-b-c-d': '1' });
});

test.each([
  [
    'a file that is not there',
    { TEMPORAL_CONFIG_FILE: '/no/such/temporal.toml' },
    /names \/no\/such\/temporal\.toml, which is not there/,
  ],
  ['a profile that is not there', { TEMPORAL_PROFILE: 'prdo' }, /Profile 'prdo' not found/],
  [
    'a certificate that is not there',
    { TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/cert', TEMPORAL_TLS_CLIENT_KEY_PATH: '/no/key' },
    /no such file.*\/no\/cert/,
  ],
  ['a certificate without its key', { TEMPORAL_TLS_CLIENT_CERT_DATA: 'x' }, /client certificate without its key/],
  ['a key without its certificate', { TEMPORAL_TLS_CLIENT_KEY_DATA: 'x' }, /client key without its certificate/],
  [
    'path and data together',
    { TEMPORAL_TLS_CLIENT_CERT_DATA: 'x', TEMPORAL_TLS_CLIENT_CERT_PATH: '/y' },
    /both client_cert_path and client_cert_data/,
  ],
  ['unchecked certificates', { TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }, /could be anybody/],
])('%s is refused', (_, variables, message) => {
  set(variables as Record<string, string>);
  expect(() => configuredTemporal()).toThrow(message);
  try {
    configuredTemporal();
  } catch (error) {
    expect(error).toMatchObject({ name: 'PawlError', type: 'InvalidInput', hint: expect.stringMatching(/\w/) });
  }
});

test('a file that is no TOML is refused with its line', async () => {
  set({ TEMPORAL_CONFIG_FILE: await profileFile('[profile.default\n') });
  expect(() => configuredTemporal()).toThrow(/cannot be read: .*TOML/);
});
