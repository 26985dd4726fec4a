import type { ChildProcess } from 'node:child_process';

const KEPT = 2000;

/** Keeps the end of what a child writes, to explain its death. */
export function lastOutput(child: ChildProcess): () => string {
  let text = '';
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-KEPT);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text.trim();
}
