/**
 * The module Temporal's sandbox loads. Its default export runs every workflow type: a run's type is the name of its
 * pipeline.
 */
export { runPipeline as default } from './run-pipeline.js';
