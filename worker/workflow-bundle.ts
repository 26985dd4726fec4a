import { fileURLToPath } from 'node:url';

// Tests run this file from its source; the bundle is where the build put it.
const built = import.meta.url.endsWith('.ts') ? '../dist/workflows' : '../workflows';

/** The interpreter as Temporal's sandbox loads it; made by the build. */
export const workflowBundlePath = fileURLToPath(new URL(`${built}/bundle.js`, import.meta.url));
