import type { backend_util, KernelConfig, TensorInfo } from '@tensorflow/tfjs';
import type { TensorFlow } from './load-tensorflow.js';

/** What the WebAssembly backend offers beyond the common interface. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: 'float32'): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): backend_util.TypedArray;
}

/**
 * Adds the operation that the WebAssembly backend lacks to learn embeddings: sums of the rows of `x` that belong to one
 * segment, the gradient of looking rows up.
 */
export function registerSegmentSum(tf: TensorFlow): void {
  const kernel: KernelConfig = {
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as { x: TensorInfo; segmentIds: TensorInfo };
      const { numSegments } = attrs as unknown as { numSegments: number };
      const wasm = backend as unknown as WasmBackend;
      const sums = wasm.makeOutput([numSegments, ...x.shape.slice(1)], 'float32');
      addRows(wasm.typedArrayFromHeap(x), wasm.typedArrayFromHeap(segmentIds), wasm.typedArrayFromHeap(sums));
      return sums;
    },
  };
  if (!tf.getKernel('UnsortedSegmentSum', 'wasm')) tf.registerKernel(kernel);
}

type Numbers = backend_util.TypedArray;

function addRows(rows: Numbers, segments: Numbers, sums: Numbers): void {
  sums.fill(0);
  const width = rows.length / segments.length;
  for (let row = 0; row < segments.length; row += 1) {
    const into = segments[row]! * width;
    // A negative segment means that the row belongs to none.
    if (into < 0) continue;
    for (let i = 0; i < width; i += 1) sums[into + i]! += rows[row * width + i]!;
  }
}
