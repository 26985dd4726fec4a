import { workflowInfo } from '@temporalio/workflow';
import { CHUNK_WORKFLOW, type ChunkInput } from '../plan/chunk.js';
import type { Json } from '../plan/json.js';
import { runChunk } from './chunks/run-chunk.js';
import { runPipeline } from './run-pipeline.js';

/**
 * The module Temporal's sandbox loads. Its default export runs every workflow type: a run's type is the name of its
 * pipeline, and names with a dot are Pawl's own.
 */
export default function run(argument?: unknown): Promise<unknown> {
  if (workflowInfo().workflowType === CHUNK_WORKFLOW) return runChunk(argument as ChunkInput);
  return runPipeline(argument as Json | undefined);
}
