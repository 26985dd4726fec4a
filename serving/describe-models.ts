import type { ModelSlot } from './model-slot.js';
import type { ServedVersion } from './served-version.js';
import type { ServerParts } from './server-parts.js';

type State = 'AVAILABLE' | 'LOADING' | 'END';

/** One version in TensorFlow Serving's form. */
interface VersionStatus {
  readonly version: string;
  readonly state: State;
  readonly status: { readonly error_code: 'OK' | 'INTERNAL'; readonly error_message: string };
}

/** The versions of a model: the one that answers, and one that is on its way or failed to load. */
export function modelStatus({ current, loading, failure }: ModelSlot): {
  readonly model_version_status: readonly VersionStatus[];
} {
  const versions: VersionStatus[] = [];
  if (loading !== null) versions.push(status(loading, 'LOADING'));
  else if (failure) versions.push(status(failure.version, 'END', failure.error));
  if (current) versions.push(status(current.version, 'AVAILABLE'));
  return { model_version_status: versions };
}

function status(version: number, state: State, error = ''): VersionStatus {
  return {
    version: String(version),
    state,
    status: { error_code: error ? 'INTERNAL' : 'OK', error_message: error },
  };
}

/** All that a client needs to know to send rows, and whence the model comes. */
export function modelMetadata({ deployment, model, contract, label }: ServedVersion) {
  return {
    model_spec: { name: deployment.name, version: String(deployment.version) },
    metadata: {
      contract,
      contract_digest: model.contract.digest,
      label: model.label,
      label_column: label,
      definition: model.definition,
      backend: model.backend,
      trained_on: model.trainedOn,
      deployed_at: deployment.since,
      run: deployment.run,
    },
  };
}

/** Names and versions of all models. */
export function modelList({ models }: ServerParts) {
  return { models: models.list().map((slot) => ({ name: slot.name, ...modelStatus(slot) })) };
}

/** What a load balancer and an operator want to know. `status` is `ok` once the deployments have been read. */
export function healthOf(parts: ServerParts) {
  const trouble = parts.storeTrouble();
  return {
    status: parts.models.read ? 'ok' : 'deployments have not been read yet',
    models: parts.models.list().map(healthOfModel),
    predictions: parts.predictions.state(),
    store: { reachable: trouble === null, error: trouble },
  };
}

function healthOfModel({ name, current, loading, failure }: ModelSlot) {
  const text = (version: number | null | undefined) => (version == null ? null : String(version));
  return {
    name,
    version: text(current?.version),
    loading: text(loading),
    failed: failure ? { version: String(failure.version), error: failure.error } : null,
  };
}
