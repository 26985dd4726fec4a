import { fileURLToPath } from 'node:url';

/** The interpreter as Temporal's sandbox loads it; made by the build. */
export const workflowBundlePath = fileURLToPath(new URL('../workflows/bundle.js', import.meta.url));
