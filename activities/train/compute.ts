import { type LoadedTensorFlow, loadTensorFlow, type TensorFlow } from './load-tensorflow.js';
import { registerSegmentSum } from './segment-sum.js';

/** TensorFlow, ready to train, and its name for reports. */
export interface Compute {
  readonly tf: TensorFlow;
  /** `tensorflow 2.21.0 cpu`, `tensorflow 2.21.0 gpu`, or `wasm (tfjs 4.22.0)`. */
  readonly backend: string;
}

/** Loads TensorFlow for a task of training or evaluation. */
export async function loadCompute(): Promise<Compute> {
  const loaded = await loadTensorFlow();
  if (loaded.backend === 'wasm') registerSegmentSum(loaded.tf);
  return { tf: loaded.tf, backend: describeBackend(loaded) };
}

function describeBackend({ tf, backend, gpu }: LoadedTensorFlow): string {
  if (backend === 'wasm') return `wasm (tfjs ${tf.version.tfjs})`;
  // The native package has the library's version on its binding, which its types leave out.
  const native = tf.backend() as unknown as { readonly binding?: { readonly TF_Version?: string } };
  return `tensorflow ${native.binding?.TF_Version ?? 'of unknown version'} ${gpu ? 'gpu' : 'cpu'}`;
}
