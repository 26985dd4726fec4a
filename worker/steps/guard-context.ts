import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress, StepContext, StepLog } from '../../dsl/context.js';
import type { ArtifactStore } from '../../plan/artifact.js';
import type { Checkpoints, ModelRegistry } from '../../plan/registry.js';
import { findInFile } from './find-in-file.js';
import { hideInDetails } from './hide-secrets.js';
import type { AttemptSecrets } from './secrets.js';

/** The same context, through which no secret leaves: what is said is changed, what would be kept is refused. */
export function guardContext(context: StepContext, secrets: AttemptSecrets): StepContext {
  if (!secrets.any) return context;
  const guarded: Partial<Record<string | symbol, () => unknown>> = {
    log: () => guardLog(context.log, secrets),
    progress: () => (progress: Progress) => context.progress(hideInDetails(progress, secrets) as Progress),
    reject: () => guardReject(context, secrets),
    artifacts: () => guardArtifacts(context.artifacts, secrets),
    checkpoints: () => guardCheckpoints(context.checkpoints, secrets),
    registry: () => guardRegistry(context.registry, secrets),
  };
  return new Proxy(context, { get: (target, name) => (guarded[name] ?? (() => Reflect.get(target, name)))() });
}

function guardLog(log: StepLog, secrets: AttemptSecrets): StepLog {
  const details = (given: object = {}) => hideInDetails(given, secrets) as Readonly<Record<string, unknown>>;
  return {
    info: (message, given) => log.info(secrets.hide(message), details(given)),
    warn: (message, given) => log.warn(secrets.hide(message), details(given)),
  };
}

function guardReject(context: StepContext, secrets: AttemptSecrets): StepContext['reject'] {
  return (reason, details) => {
    secrets.refuseIn(details, `what step "${context.node}" rejects with`);
    return context.reject(secrets.hide(reason), details);
  };
}

function guardArtifacts(store: ArtifactStore, secrets: AttemptSecrets): ArtifactStore {
  const refuse = (name: string | undefined) => secrets.refuse(name, 'an artifact');
  const refuseFile = async (path: string): Promise<void> => {
    const found = await findInFile(path, secrets.forms);
    refuse(secrets.find((form) => form === found));
  };
  return {
    putBytes: async (bytes, mediaType) => {
      const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      refuse(secrets.find((form) => content.includes(form)));
      return store.putBytes(bytes, mediaType);
    },
    putJson: async (value) => {
      refuse(secrets.nameInJson(value));
      return store.putJson(value);
    },
    putFile: async (path, mediaType) => {
      await refuseFile(path);
      return store.putFile(path, mediaType);
    },
    putFolder: async (path) => {
      const entries = await readdir(path, { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        refuse(secrets.nameIn(entry.name));
        if (entry.isFile()) await refuseFile(join(entry.parentPath, entry.name));
      }
      return store.putFolder(path);
    },
    holds: (artifact) => store.holds(artifact),
    getBytes: (artifact) => store.getBytes(artifact),
    getJson: (artifact) => store.getJson(artifact),
    localPath: (artifact) => store.localPath(artifact),
    restoreFolder: (artifact, into) => store.restoreFolder(artifact, into),
  };
}

function guardCheckpoints(checkpoints: Checkpoints, secrets: AttemptSecrets): Checkpoints {
  return {
    latest: () => checkpoints.latest(),
    save: async (checkpoint) => {
      secrets.refuseIn(checkpoint, 'a checkpoint');
      await checkpoints.save(checkpoint);
    },
  };
}

function guardRegistry(registry: ModelRegistry, secrets: AttemptSecrets): ModelRegistry {
  return {
    register: async (options) => {
      secrets.refuseIn(options, 'what is registered with a model');
      return registry.register(options);
    },
    promote: async (options) => {
      secrets.refuseIn(options, 'what is recorded with a promotion');
      return registry.promote(options);
    },
    champion: (name) => registry.champion(name),
    version: (name, version) => registry.version(name, version),
  };
}
