export { champion } from './champion.js';
export { deploy } from './deploy.js';
export { previous } from './previous.js';
export { register } from './register.js';
export { type Deployed, deploymentSchema, modelNameSchema, type Registered, registeredSchema } from './values.js';
