export { acceptParams } from './accept-params.js';
export { Interrupted } from './ask-params.js';
export { describeParams } from './describe-params.js';
export { ownFlags } from './own-flags.js';
export { compiledTarget, type ParamTarget, publishedTarget } from './param-target.js';
export { readParams } from './read-params.js';
export { paramsOf } from './shape.js';
