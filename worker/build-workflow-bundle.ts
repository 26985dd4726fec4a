/** Run by the build: packs the interpreter for Temporal's sandbox once, so that no worker runs webpack when it starts. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { workflowBundlePath } from './workflow-bundle.js';

const pathOf = (file: string): string => fileURLToPath(new URL(`../workflows/${file}`, import.meta.url));
const quiet = (): void => {};
const logger = { trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error, log: quiet };

const { code } = await bundleWorkflowCode({
  workflowsPath: pathOf('index.js'),
  workflowInterceptorModules: ['show-details.js', 'report-calls.js', 'follow-reset.js'].map(pathOf),
  logger,
});

/**
 * The SDK formats a stack trace for each promise, for the list of those that are pending; of the interpreter's, nobody
 * reads more than the top. In a fan-out this is a quarter of the interpreter's work. Set before the sandbox freezes what
 * is global, and on the first line, so that the source map fits.
 */
const SHORT_TRACES = 'Error.stackTraceLimit = 4;';
await writeFile(workflowBundlePath, `${SHORT_TRACES}${code}`);
