import { digestOf } from '../../plan/canonical.js';

/** 31 bits from the node's name: the same in every run, another one for each node. */
export function seedOf(pipeline: string, node: string): number {
  return Number.parseInt(digestOf(`${pipeline}/${node}`).slice('sha256:'.length, 'sha256:'.length + 8), 16) >>> 1;
}
