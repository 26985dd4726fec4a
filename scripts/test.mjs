/**
 * Runs both suites, the fast one and the slow one, and says at the end how many tests passed. Further arguments go to
 * the test runner: `npm test -- test/plan` runs the tests under that folder.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const runner = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const reports = mkdtempSync(join(tmpdir(), 'pawl-reports-'));

const suites = ['vitest.config.ts', 'vitest.slow.config.ts'].map(runSuite);
rmSync(reports, { recursive: true, force: true });

const passed = suites.reduce((sum, suite) => sum + suite.passed, 0);
const failed = suites.reduce((sum, suite) => sum + suite.failed, 0);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(suites.every(({ ok }) => ok) ? 0 : 1);

function runSuite(config) {
  const report = join(reports, `${config}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = [runner, 'run', '--config', config, '--passWithNoTests', ...reporters, ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  return { ok: status === 0, ...countTests(report, status) };
}

/** A suite that broke before any test counts as one failure. */
function countTests(report, status) {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    const failed = numFailedTests > 0 || status === 0 ? numFailedTests : Math.max(1, numFailedTestSuites);
    return { passed: numPassedTests, failed };
  } catch {
    return { passed: 0, failed: status === 0 ? 0 : 1 };
  }
}
