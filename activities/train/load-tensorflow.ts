import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';

/** The TensorFlow.js interface, the same for both backends. */
export type TensorFlow = typeof import('@tensorflow/tfjs');

/** TensorFlow, and what it runs on. */
export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  readonly backend: 'native' | 'wasm';
  /** True when the native library computes on a GPU. */
  readonly gpu: boolean;
  /** Why the native library is not used, when it is not. */
  readonly reason?: string;
}

/**
 * Loads TensorFlow with its native library when it is set up, and else with the WebAssembly backend, which is slower.
 * `PAWL_TENSORFLOW=wasm` asks for WebAssembly. Loading takes about two seconds; the second call gives the same.
 *
 * @throws Error when neither can be loaded, which means that packages are missing.
 */
export function loadTensorFlow(): Promise<LoadedTensorFlow> {
  loading ??= load();
  return loading;
}

let loading: Promise<LoadedTensorFlow> | undefined;

async function load(): Promise<LoadedTensorFlow> {
  if (process.env.PAWL_TENSORFLOW === 'wasm') return loadWasm('PAWL_TENSORFLOW=wasm asks for it');
  try {
    return await loadNative();
  } catch (error) {
    return loadWasm(explain(error as Error));
  }
}

async function loadNative(): Promise<LoadedTensorFlow> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  restoreOldUtilities();
  const { default: tf } = await import('@tensorflow/tfjs-node-gpu');
  await tf.ready();
  const backend = tf.backend() as { isUsingGpuDevice?: boolean };
  return { tf, backend: 'native', gpu: backend.isUsingGpuDevice === true };
}

async function loadWasm(reason: string): Promise<LoadedTensorFlow> {
  const { default: tf } = await import('@tensorflow/tfjs');
  // Otherwise a banner recommends to install another package. It changes nothing but what is printed.
  tf.env().set('PROD', true);
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(join(dirname(main), sep));
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend of TensorFlow did not start');
  return { tf, backend: 'wasm', gpu: false, reason };
}

/** The native package still calls two functions that Node 22 warns about and Node 23 dropped. */
function restoreOldUtilities(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  util.isArray = Array.isArray;
}

function explain({ message }: Error): string {
  if (message.includes('can not be found at path')) return 'native TensorFlow is not set up: run `npm run setup`';
  return `native TensorFlow does not load: ${message.split('\n')[0]}`;
}
