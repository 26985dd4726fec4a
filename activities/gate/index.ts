export { gate } from './gate.js';
export { judge } from './judge.js';
export {
  atLeast,
  atMost,
  type BoundOptions,
  type ImprovesOptions,
  improves,
  type MetricName,
  type NoSliceWorseOptions,
  noSliceWorse,
  notTooGood,
  type Rule,
} from './rules.js';
