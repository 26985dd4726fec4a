import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArtifactStore, MediaType } from '../../../plan/artifact.js';
import { canonicalJson, type Digest, digestOf } from '../../../plan/canonical.js';
import { FailureType } from '../../../plan/failure.js';
import type { Json } from '../../../plan/json.js';
import { storeUnavailable } from '../../../store/artifacts/file-error.js';
import { openFolderStore } from '../../../store/artifacts/folder-store.js';
import { objectPath } from '../../../store/artifacts/object-files.js';

let folder: string;
let root: string;
let store: ArtifactStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-artifacts-'));
  root = join(folder, 'store');
  store = await openFolderStore(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const text = (content: string) => new TextEncoder().encode(content);
const corrupt = (digest: Digest) => ({
  type: FailureType.ArtifactCorrupt,
  retryable: false,
  message: expect.stringContaining(digest),
});

/** Changes a stored file behind the store's back, in place and with its size and time kept. */
async function damage(digest: Digest): Promise<void> {
  const path = objectPath(root, digest);
  const { atime, mtime } = await stat(path);
  const bytes = await readFile(path);
  bytes[0] = bytes[0]! ^ 1;
  await chmod(path, 0o644);
  await writeFile(path, bytes);
  await utimes(path, atime, mtime);
}

test('any bytes come back as they were, under their SHA-256', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 5000 }), async (bytes) => {
      const artifact = await store.putBytes(bytes, 'application/octet-stream');
      expect(artifact).toEqual({ digest: digestOf(bytes), bytes: bytes.length, mediaType: 'application/octet-stream' });
      expect(await store.putBytes(bytes, 'application/octet-stream')).toEqual(artifact);
      expect(new Uint8Array(await store.getBytes(artifact))).toEqual(bytes);
      expect(new Uint8Array(await readFile(await store.localPath(artifact)))).toEqual(bytes);
    }),
    { numRuns: 40 },
  );
});

test('equal JSON is one artifact, however its keys are ordered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as { [key: string]: Json };
      const turned = Object.fromEntries(Object.entries(plain).reverse());
      const artifact = await store.putJson(plain);
      expect(await store.putJson(turned)).toEqual(artifact);
      expect(artifact.digest).toBe(digestOf(canonicalJson(plain)));
      expect(await store.getJson(artifact)).toEqual(plain);
    }),
    { numRuns: 40 },
  );
});

test('files of several megabytes are copied in, and read-only from then on', async () => {
  const bytes = Buffer.alloc(3 * 1024 * 1024 + 17, 'flights');
  const source = join(folder, 'flights.parquet');
  await writeFile(source, bytes);
  const artifact = await store.putFile(source, MediaType.parquet);
  expect(artifact).toEqual({ digest: digestOf(bytes), bytes: bytes.length, mediaType: MediaType.parquet });
  const path = await store.localPath(artifact);
  expect((await stat(path)).mode & 0o777).toBe(0o444);
  await truncate(source, 3);
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(await readdir(join(root, 'drafts'))).toEqual([]);
});

test('twenty that put the same content at once all succeed, and one file is there', async () => {
  const source = join(folder, 'same');
  await writeFile(source, 'same');
  const puts = Array.from({ length: 20 }, (_, index) =>
    index % 2 === 0 ? store.putBytes(text('same'), 'text/plain') : store.putFile(source, 'text/plain'),
  );
  for (const artifact of await Promise.all(puts)) expect(artifact.digest).toBe(digestOf('same'));
  const stored = await readdir(join(root, 'sha256'), { recursive: true, withFileTypes: true });
  expect(stored.filter((entry) => entry.isFile())).toHaveLength(1);
  expect(await readdir(join(root, 'drafts'))).toEqual([]);
});

test('changed content is found by every way of reading, also after it was read once', async () => {
  const artifact = await store.putJson({ a: 1 });
  await store.localPath(artifact);
  await damage(artifact.digest);
  await expect(store.getBytes(artifact)).rejects.toMatchObject(corrupt(artifact.digest));
  await expect(store.getJson(artifact)).rejects.toMatchObject(corrupt(artifact.digest));
  await expect(store.localPath(artifact)).rejects.toMatchObject(corrupt(artifact.digest));
  await expect((await openFolderStore(root)).localPath(artifact)).rejects.toMatchObject(corrupt(artifact.digest));
});

test('putting it again repairs damaged content, from bytes and from a file', async () => {
  const artifact = await store.putBytes(text('precious'), 'text/plain');
  const source = join(folder, 'precious');
  await writeFile(source, 'precious');
  for (const repair of [
    () => store.putBytes(text('precious'), 'text/plain'),
    () => store.putFile(source, 'text/plain'),
  ]) {
    await damage(artifact.digest);
    await repair();
    expect(Buffer.from(await store.getBytes(artifact)).toString()).toBe('precious');
  }
});

test('content that is gone is named, with what to do', async () => {
  const artifact = await store.putBytes(text('x'), 'text/plain');
  await rm(objectPath(root, artifact.digest));
  const gone = { ...corrupt(artifact.digest), hint: expect.stringContaining('retrying') };
  await expect(store.getBytes(artifact)).rejects.toMatchObject(gone);
  await expect(store.localPath(artifact)).rejects.toMatchObject(gone);
});

test('it holds what is whole, and a folder only with all its files', async () => {
  const bytes = await store.putBytes(text('content'), 'text/plain');
  expect(await store.holds(bytes)).toBe(true);
  await damage(bytes.digest);
  expect(await store.holds(bytes)).toBe(false);

  const source = join(folder, 'source');
  await mkdir(source);
  await writeFile(join(source, 'a.json'), '1');
  const stored = await store.putFolder(source);
  expect(await store.holds(stored)).toBe(true);
  await rm(objectPath(root, digestOf('1')), { force: true });
  expect(await store.holds(stored)).toBe(false);
  expect(await store.holds({ digest: digestOf('never put'), mediaType: 'text/plain' })).toBe(false);
});

test('what is not a digest never becomes a path', async () => {
  const digest = 'sha256:../../../../etc/passwd' as Digest;
  await expect(store.localPath({ digest })).rejects.toMatchObject({ type: FailureType.InvalidValue });
});

test('a folder comes back with all its files', async () => {
  const name = fc.stringMatching(/^[a-z0-9 _.ü-]{1,12}$/).filter((part) => !/^\.+$/.test(part));
  const tree = fc.dictionary(name, fc.oneof(fc.uint8Array(), fc.dictionary(name, fc.uint8Array(), { minKeys: 1 })), {
    maxKeys: 5,
  });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(tree, async (files) => {
      round += 1;
      const [from, into] = [join(folder, `from-${round}`), join(folder, `into-${round}`)];
      await writeTree(from, files);
      const artifact = await store.putFolder(from);
      expect(artifact.mediaType).toBe(MediaType.folder);
      await store.restoreFolder(artifact, into);
      expect(await store.putFolder(into)).toEqual(artifact);
      expect(await readTree(into)).toEqual(await readTree(from));
    }),
    { numRuns: 25 },
  );
});

type Tree = { readonly [name: string]: Uint8Array | Tree };

async function writeTree(path: string, tree: Tree): Promise<void> {
  await mkdir(path, { recursive: true });
  for (const [name, part] of Object.entries(tree)) {
    if (part instanceof Uint8Array) await writeFile(join(path, name), part);
    else await writeTree(join(path, name), part);
  }
}

async function readTree(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map(async (file) => [file.slice(path.length), await readFile(file, 'hex')]));
  return Object.fromEntries(contents);
}

test('restored files may be changed, and the stored ones do not follow', async () => {
  await writeTree(join(folder, 'from'), { 'model.json': text('{}') });
  const artifact = await store.putFolder(join(folder, 'from'));
  await store.restoreFolder(artifact, join(folder, 'into'));
  await writeFile(join(folder, 'into', 'model.json'), 'changed');
  await store.restoreFolder(artifact, join(folder, 'again'));
  expect(await readFile(join(folder, 'again', 'model.json'), 'utf8')).toBe('{}');
  await expect(store.restoreFolder(artifact, join(folder, 'again'))).rejects.toThrow(/not empty/);
});

test.each(['../evil', '/etc/evil', 'a/../../evil', 'a//b', './a', 'a\\..\\evil', 'C:evil', '', 'a/', 'nul\0'])(
  'a manifest with the path %j is refused before anything is written',
  async (path) => {
    const good = await store.putBytes(text('good'), 'text/plain');
    const manifest = await store.putJson({ files: { 'a-first': good, [path]: good } });
    const into = join(folder, 'deep', 'into');
    await expect(store.restoreFolder(manifest, into)).rejects.toMatchObject({ type: FailureType.ArtifactCorrupt });
    expect(await readdir(folder)).toEqual(['store']);
  },
);

test('a folder artifact that is none is refused', async () => {
  const artifact = await store.putJson({ files: { a: { digest: 'x' } } });
  await expect(store.restoreFolder(artifact, join(folder, 'into'))).rejects.toThrow(/not a folder/);
});

test('what cannot be read cannot be stored, and says which path', async () => {
  const absent = join(folder, 'absent');
  const invalid = { type: FailureType.InvalidData, message: expect.stringContaining('absent') };
  await expect(store.putFile(absent, 'text/plain')).rejects.toMatchObject(invalid);
  await expect(store.putFolder(absent)).rejects.toMatchObject(invalid);
  await expect(store.putFile(root, 'text/plain')).rejects.toMatchObject({ type: FailureType.InvalidData });
  await mkdir(join(folder, 'links'));
  await symlink('/etc/passwd', join(folder, 'links', 'passwd'));
  await expect(store.putFolder(join(folder, 'links'))).rejects.toThrow(/neither a file nor a folder/);
});

test('a store whose folder cannot be used says so, and works again when it can', async () => {
  const unavailable = { type: FailureType.StoreUnavailable, hint: expect.stringMatching(/folder/) };
  await rm(join(root, 'drafts'), { recursive: true });
  await writeFile(join(root, 'drafts'), 'in the way');
  await expect(store.putBytes(text('x'), 'text/plain')).rejects.toMatchObject(unavailable);
  await expect(openFolderStore(root)).rejects.toMatchObject(unavailable);
  await rm(join(root, 'drafts'));
  await mkdir(join(root, 'drafts'));
  expect(await store.putBytes(text('x'), 'text/plain')).toMatchObject({ bytes: 1 });
});

test('a full disk is told as one', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(storeUnavailable(root, full)).toMatchObject({
    type: FailureType.StoreUnavailable,
    retryable: true,
    message: expect.stringContaining(root),
    hint: expect.stringContaining('Free space'),
  });
});

test('files that killed writers left are removed after a day', async () => {
  const old = new Date(Date.now() - 25 * 3600 * 1000);
  await writeFile(join(root, 'drafts', 'old'), 'x');
  await utimes(join(root, 'drafts', 'old'), old, old);
  await writeFile(join(root, 'drafts', 'new'), 'x');
  await openFolderStore(root);
  expect(await readdir(join(root, 'drafts'))).toEqual(['new']);
});
