import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Artifact, type ArtifactStore, MediaType } from '../../plan/artifact.js';
import { canonicalJson, type Digest } from '../../plan/canonical.js';
import { FailureType, isPawlError, PawlError } from '../../plan/failure.js';
import type { Json } from '../../plan/json.js';
import { takeBack } from './aside-files.js';
import { codeOf, storeUnavailable, unreadable } from './file-error.js';
import { type FolderManifest, listFiles, mediaTypeOf, parseManifest } from './folder-manifest.js';
import { hashBytes, hashFile } from './hash-file.js';
import { type Draft, objectPath, openDraft, prepareFolders } from './object-files.js';
import { restoreFiles } from './restore-files.js';
import { VerifiedFiles } from './verified-files.js';

/**
 * Opens a folder as an artifact store; it is created when absent. Several processes and machines may share it, over a
 * file system whose rename is atomic. Objects are read-only files, named by their SHA-256, and are never changed.
 *
 * @throws PawlError `StoreUnavailable` when the folder cannot be made or written.
 */
export async function openFolderStore(root: string): Promise<ArtifactStore> {
  const store = new FolderStore(resolve(root));
  await store.prepare();
  return store;
}

/** How often an object is looked for that a collector puts aside again and again. */
const TRIES = 10;

class FolderStore implements ArtifactStore {
  private readonly verified = new VerifiedFiles();

  constructor(private readonly root: string) {}

  prepare(): Promise<void> {
    return this.guard(() => prepareFolders(this.root));
  }

  async putBytes(bytes: Uint8Array, mediaType: string): Promise<Artifact> {
    const digest = hashBytes(bytes);
    if (!(await this.holdsObject(digest))) {
      await this.write(async ({ file, keep }) => {
        await file.writeFile(bytes);
        await keep(digest);
      });
    }
    return { digest, bytes: bytes.byteLength, mediaType };
  }

  putJson(value: Json): Promise<Artifact> {
    return this.putBytes(Buffer.from(canonicalJson(value)), MediaType.json);
  }

  async putFile(path: string, mediaType: string): Promise<Artifact> {
    const source = await open(path, 'r').catch((error: unknown) => {
      throw unreadable(path, error);
    });
    try {
      return { ...(await this.copyIn(source, path)), mediaType };
    } finally {
      await source.close();
    }
  }

  async putFolder(path: string): Promise<Artifact> {
    const names = await listFiles(path).catch((error: unknown) => {
      throw isPawlError(error) ? error : unreadable(path, error);
    });
    const files: Record<string, Artifact> = {};
    for (const name of names) files[name] = await this.putFile(join(path, name), mediaTypeOf(name));
    return { ...(await this.putJson({ files })), mediaType: MediaType.folder };
  }

  async holds({ digest, mediaType }: Pick<Artifact, 'digest' | 'mediaType'>): Promise<boolean> {
    if (!(await this.holdsObject(digest))) return false;
    if (mediaType !== MediaType.folder) return true;
    const { files } = parseManifest(await this.getJson({ digest }));
    for (const file of Object.values(files)) if (!(await this.holdsObject(file.digest))) return false;
    return true;
  }

  async getBytes({ digest }: Pick<Artifact, 'digest'>): Promise<Uint8Array> {
    const bytes = await this.read(digest, (path) => readFile(path));
    if (hashBytes(bytes) !== digest) throw corrupt(digest, 'its content has changed');
    return bytes;
  }

  async getJson(artifact: Pick<Artifact, 'digest'>): Promise<Json> {
    const text = Buffer.from(await this.getBytes(artifact)).toString('utf8');
    try {
      return JSON.parse(text) as Json;
    } catch (cause) {
      throw new PawlError(FailureType.InvalidData, `the artifact ${artifact.digest} is not JSON`, {
        retryable: false,
        cause,
      });
    }
  }

  async localPath({ digest }: Pick<Artifact, 'digest'>): Promise<string> {
    const fits = await this.read(digest, (path) => this.verified.fits(path, digest));
    if (!fits) throw corrupt(digest, 'its content has changed');
    return objectPath(this.root, digest);
  }

  async restoreFolder(artifact: Pick<Artifact, 'digest'>, into: string): Promise<void> {
    const manifest: FolderManifest = parseManifest(await this.getJson(artifact));
    await restoreFiles(manifest, into, (file) => this.localPath(file));
  }

  /** One pass over the source, which may change meanwhile: what was copied is what the digest says. */
  private copyIn(source: FileHandle, path: string): Promise<{ digest: Digest; bytes: number }> {
    return this.write(async ({ file, keep }) => {
      const content = await hashFile(source, async (chunk) => {
        await this.guard(() => file.writeFile(chunk));
      }).catch((error: unknown) => {
        throw isPawlError(error) ? error : unreadable(path, error);
      });
      await keep(content.digest);
      return content;
    });
  }

  private write<T>(fill: (draft: Draft) => Promise<T>): Promise<T> {
    return this.guard(async () => {
      const draft = await openDraft(this.root);
      try {
        return await fill(draft);
      } finally {
        await draft.discard();
      }
    });
  }

  /**
   * True only for an intact object, so that putting it again repairs a damaged one. Whoever asks is about to refer to it:
   * it counts as just written from here on, and no collector takes it.
   */
  private holdsObject(digest: Digest): Promise<boolean> {
    const path = objectPath(this.root, digest);
    return this.guard(async () => {
      while ((await this.find(digest, () => this.verified.fits(path, digest))) === true) {
        // It may have been put aside since.
        if (await this.verified.refresh(path)) return true;
      }
      return false;
    });
  }

  /** Uses an object that is there, or that a collector has put aside. */
  private async find<T>(digest: Digest, use: () => Promise<T>): Promise<T | undefined> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = await use().catch(absent);
      if (found !== undefined) return found;
      // Whoever else took it back may have been faster.
      if (!(await takeBack(this.root, digest)) && tries > 0) return undefined;
    }
    return undefined;
  }

  private async read<T>(digest: Digest, use: (path: string) => Promise<T>): Promise<T> {
    const path = objectPath(this.root, digest);
    const found = await this.guard(() => this.find(digest, () => use(path)));
    if (found === undefined) throw corrupt(digest, `its file ${path} is gone`);
    return found;
  }

  private guard<T>(work: () => Promise<T>): Promise<T> {
    return work().catch((error: unknown) => {
      throw isPawlError(error) ? error : storeUnavailable(this.root, error);
    });
  }
}

function absent(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}

function corrupt(digest: Digest, why: string): PawlError {
  return new PawlError(FailureType.ArtifactCorrupt, `the artifact ${digest} cannot be used: ${why}`, {
    hint: 'Make it again by retrying the step that wrote it, or restore the artifact folder from a backup.',
    retryable: false,
  });
}
