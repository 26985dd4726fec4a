export { type EvaluateInput, evaluate } from './evaluate.js';
