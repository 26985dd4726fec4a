/**
 * What the interpreter and the workers say to each other. Every message is recorded in a run's history, so a change of
 * these shapes needs a new engine version.
 */
export * from './protocol/begin.js';
export * from './protocol/fault.js';
export * from './protocol/light-steps.js';
export * from './protocol/names.js';
export * from './protocol/operating.js';
export * from './protocol/outcome.js';
export * from './protocol/people.js';
export * from './protocol/status.js';
export * from './protocol/steps.js';
export * from './protocol/turns.js';
