export { makeSecret } from '../dsl/secret.js';
export { type DatasetOptions, datasetOf } from './data/dataset-of.js';
export { type RowsOptions, rowsOf } from './data/rows-of.js';
export { type SampleOptions, sampleOf } from './data/sample-of.js';
export { type ExpectedNodes, expectNodes } from './expect-nodes.js';
export { expectValue } from './expect-value.js';
export { memoryCheckpoints } from './memory-checkpoints.js';
export { memoryRegistry } from './memory-registry.js';
export type {
  Asked,
  HeldDecision,
  PreviousRun,
  RunOptions,
  TestDecision,
  TestDecisions,
  TestRunOptions,
} from './run/options.js';
export type { TestNode, TestOutcome } from './run/result.js';
export { type TestRun, testRun } from './run/test-run.js';
export type { ServerDecision, ServerRunOptions, TestServerOptions } from './server/server-options.js';
export { type ServerRun, type TestServer, testServer } from './server/test-server.js';
export { StepRejection } from './step-rejection.js';
export { type Stub, type StubOf, type StubOptions, stub } from './stub.js';
export { type LoggedLine, type TestContext, type TestContextOptions, testContext } from './test-context.js';
