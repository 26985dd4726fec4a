export { type ModelServer, type ServingStore, type StartServerOptions, startServer } from './start-server.js';
