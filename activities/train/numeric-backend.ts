import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/**
 * What would compute here, without loading it, which takes seconds: `wasm`, or the native build, as
 * `tfjs-node-gpu-4.22.0-tf-2.21.0-linux-x64-cpu`. Two of different names may differ in the last digits of a model.
 */
export function numericBackend(): string {
  if (process.env.PAWL_TENSORFLOW === 'wasm') return 'wasm';
  const addon = nativeAddon();
  if (addon === undefined) return 'wasm';
  const folder = basename(dirname(dirname(dirname(realpathSync(addon)))));
  return folder === 'tfjs-node-gpu' ? 'native' : folder;
}

/** The file that the npm package would load: `lib/napi-v8/tfjs_binding.node` in its folder. */
function nativeAddon(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve('@tensorflow/tfjs-node-gpu/package.json');
    const lib = join(dirname(manifest), 'lib');
    const addons = readdirSync(lib).map((folder) => join(lib, folder, 'tfjs_binding.node'));
    return addons.find((file) => existsSync(file));
  } catch {
    return undefined;
  }
}
