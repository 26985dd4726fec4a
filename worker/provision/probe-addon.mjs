/** Loads a Node addon and ends: `node probe-addon.mjs FILE`. A failure is told by the exit status and standard error. */
import { createRequire } from 'node:module';

try {
  createRequire(import.meta.url)(process.argv[2]);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
process.exit();
