export { type AcquireOptions, acquireStack } from './acquire-stack.js';
export { findStack, type StackInfo } from './find-stack.js';
export { removeState } from './remove-state.js';
export type { Stack } from './stack.js';
export type { Problem } from './stack-error.js';
export type { Services } from './stack-file.js';
export { locateState, type StateFolder, type StateOptions } from './state-folder.js';
export { stopStack } from './stop-stack.js';
