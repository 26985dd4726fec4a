import { rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Artifact, type ArtifactStore, MediaType } from '../plan/artifact.js';
import { canonicalJson, type Digest } from '../plan/canonical.js';
import { FailureType, PawlError } from '../plan/failure.js';
import type { Json } from '../plan/json.js';
import { listFiles, mediaTypeOf, parseManifest } from '../store/artifacts/folder-manifest.js';
import { hashBytes } from '../store/artifacts/hash-file.js';
import { restoreFiles } from '../store/artifacts/restore-files.js';
import { Folders } from './run/folders.js';

/** Artifacts in memory, with the same digests as in any other store. Files are made of them where somebody wants one. */
export class MemoryArtifacts implements ArtifactStore {
  private readonly files = new Map<Digest, Promise<string>>();

  constructor(
    private readonly folders: Folders,
    private readonly contents = new Map<Digest, Uint8Array>(),
  ) {}

  /** The same artifacts, with files in other folders: those of a run, which are removed when it ends. */
  within(folders: Folders): MemoryArtifacts {
    return new MemoryArtifacts(folders, this.contents);
  }

  async putBytes(bytes: Uint8Array, mediaType: string): Promise<Artifact> {
    const digest = hashBytes(bytes);
    if (!this.contents.has(digest)) this.contents.set(digest, Uint8Array.from(bytes));
    return { digest, bytes: bytes.byteLength, mediaType };
  }

  putJson(value: Json): Promise<Artifact> {
    return this.putBytes(Buffer.from(canonicalJson(value)), MediaType.json);
  }

  async putFile(path: string, mediaType: string): Promise<Artifact> {
    return this.putBytes(await readFile(path), mediaType);
  }

  async putFolder(path: string): Promise<Artifact> {
    const files: Record<string, Artifact> = {};
    for (const name of await listFiles(path)) files[name] = await this.putFile(join(path, name), mediaTypeOf(name));
    return { ...(await this.putJson({ files })), mediaType: MediaType.folder };
  }

  async holds({ digest, mediaType }: Pick<Artifact, 'digest' | 'mediaType'>): Promise<boolean> {
    if (!this.contents.has(digest)) return false;
    if (mediaType !== MediaType.folder) return true;
    const { files } = parseManifest(await this.getJson({ digest }));
    return Object.values(files).every((file) => this.contents.has(file.digest));
  }

  async getBytes({ digest }: Pick<Artifact, 'digest'>): Promise<Uint8Array> {
    return Uint8Array.from(this.contentOf(digest));
  }

  async getJson({ digest }: Pick<Artifact, 'digest'>): Promise<Json> {
    return JSON.parse(Buffer.from(this.contentOf(digest)).toString('utf8')) as Json;
  }

  localPath({ digest }: Pick<Artifact, 'digest'>): Promise<string> {
    const made = this.files.get(digest) ?? this.makeFile(digest);
    this.files.set(digest, made);
    return made;
  }

  async restoreFolder(artifact: Pick<Artifact, 'digest'>, into: string): Promise<void> {
    const manifest = parseManifest(await this.getJson(artifact));
    await restoreFiles(manifest, into, (file) => this.localPath(file));
  }

  private async makeFile(digest: Digest): Promise<string> {
    const bytes = this.contentOf(digest);
    const path = join(this.folders.make(), digest.slice('sha256:'.length));
    await writeFile(path, bytes);
    return path;
  }

  private contentOf(digest: Digest): Uint8Array {
    const bytes = this.contents.get(digest);
    if (bytes) return bytes;
    throw new PawlError(FailureType.ArtifactCorrupt, `there is no artifact ${digest} in this test`, {
      hint: 'Make it with what the test kit offers, as datasetOf, or in a step of the same test run.',
      retryable: false,
    });
  }
}

const folders = new Folders();
process.once('exit', () => {
  if (folders.path) rmSync(folders.path, { recursive: true, force: true });
});

/** The artifacts of this process's tests. */
export const sharedArtifacts = new MemoryArtifacts(folders);
