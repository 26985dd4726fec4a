export { type LoadedModel, loadModel } from './load-model.js';
export { type LayerOutput, type ModelDefinition, type ModelIo, type ModelOptions, model } from './model.js';
export { type TrainInput, train } from './train.js';
