import { createHash } from 'node:crypto';

/** 31 bits from the node's name: the same in every run, another one for each node. */
export function seedOf(pipeline: string, node: string): number {
  return createHash('sha256').update(`${pipeline}/${node}`).digest().readUInt32BE(0) >>> 1;
}
