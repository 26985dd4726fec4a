import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheDir, platformName } from './cache-dir.js';
import { type Lookup, missing } from './lookup.js';

/** The TensorFlow whose libraries the Node addon is built against. */
export const TENSORFLOW_VERSION = '2.21.0';

/** A wheel is chosen by this Python's tags; no Python code of it is ever run, so the machine's own Python does not matter. */
export const WHEEL_PYTHON = { version: '3.11', abi: 'cp311' } as const;

/** The Python wheel that holds the libraries and headers of TensorFlow. */
export interface Wheel {
  /** The distribution's name: `tensorflow-cpu`. */
  readonly name: string;
  /** The platform tag: `manylinux_2_27_x86_64`. */
  readonly platform: string;
  /** The digest of the file, in hex; it is fixed here so that only the known file is ever linked. */
  readonly sha256: string;
}

/** What is built for this machine, and where it is kept. */
export interface TensorFlowTarget {
  readonly variant: 'cpu' | 'cuda';
  readonly wheel: Wheel;
  /** The folder of the installed package `@tensorflow/tfjs-node-gpu`. */
  readonly packageDir: string;
  /** The folder in the cache that the finished addon and its libraries have, or will have. */
  readonly cachedDir: string;
}

const cpuOnX64 = {
  name: 'tensorflow-cpu',
  platform: 'manylinux_2_27_x86_64',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
};
const cudaOnX64 = {
  name: 'tensorflow',
  platform: 'manylinux_2_27_x86_64',
  sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
};
const linuxArm64 = {
  name: 'tensorflow',
  platform: 'manylinux_2_27_aarch64',
  sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
};
const macArm64 = {
  name: 'tensorflow',
  platform: 'macosx_12_0_arm64',
  sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
};

const wheels: Readonly<Record<string, Wheel>> = {
  'cpu linux-x64': cpuOnX64,
  'cuda linux-x64': cudaOnX64,
  'cpu linux-arm64': linuxArm64,
  'cpu darwin-arm64': macArm64,
};

/**
 * What `PAWL_TENSORFLOW` asks for on this machine:
 * - `cpu` (the default): the wheel for processors;
 * - `cuda`: the wheel with CUDA kernels. The `lib` folders of the `nvidia-*-cu12` wheels that it requires must be on
 *   `LD_LIBRARY_PATH`; without them, or without a driver, TensorFlow says so and uses the processor;
 * - `wasm`: no native TensorFlow.
 */
export function tensorFlowTarget(): Lookup<TensorFlowTarget> {
  const variant = process.env.PAWL_TENSORFLOW || 'cpu';
  if (variant === 'wasm') return missing('PAWL_TENSORFLOW=wasm asks for it', 'unset PAWL_TENSORFLOW');
  if (variant !== 'cpu' && variant !== 'cuda') {
    return missing(`PAWL_TENSORFLOW=${variant} is not known`, 'set it to cpu, cuda or wasm, or unset it');
  }
  const wheel = wheels[`${variant} ${platformName}`];
  if (!wheel) {
    const reason = `TensorFlow ${TENSORFLOW_VERSION} is not published for ${variant} on ${platformName}`;
    return missing(reason, variant === 'cuda' ? 'unset PAWL_TENSORFLOW' : 'use Linux, or macOS on Apple silicon');
  }
  return findPackage(variant, wheel);
}

function findPackage(variant: 'cpu' | 'cuda', wheel: Wheel): Lookup<TensorFlowTarget> {
  const require = createRequire(import.meta.url);
  try {
    const manifest = require.resolve('@tensorflow/tfjs-node-gpu/package.json');
    const { version } = require(manifest) as { version: string };
    const key = `tfjs-node-gpu-${version}-tf-${TENSORFLOW_VERSION}-${platformName}-${variant}`;
    return { found: true, variant, wheel, packageDir: dirname(manifest), cachedDir: join(cacheDir(), key) };
  } catch {
    return missing('the package @tensorflow/tfjs-node-gpu is not installed', 'run `npm ci`');
  }
}
