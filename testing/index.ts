export { makeSecret } from '../dsl/secret.js';
export { memoryCheckpoints } from './memory-checkpoints.js';
export { memoryRegistry } from './memory-registry.js';
export { StepRejection } from './step-rejection.js';
export { type LoggedLine, type TestContext, type TestContextOptions, testContext } from './test-context.js';
