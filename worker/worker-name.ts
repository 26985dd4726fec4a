import { hostname } from 'node:os';

/** This process, as operators know it. */
export const WORKER_NAME = `${hostname()}:${process.pid}`;
