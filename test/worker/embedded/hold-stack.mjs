/**
 * A command that uses the embedded stack, for tests that need several processes: says what it got as one JSON line, and
 * keeps it until its standard input closes. Run with the state folder as its argument.
 */
import { acquireStack } from '../../../dist/worker/embedded/index.js';

const stack = await acquireStack({ state: process.argv[2], graceMs: 50 });
stack.onLost((error) => console.log(JSON.stringify({ lost: error.message })));
const { temporalAddress, databaseUrl, owner } = stack;
console.log(JSON.stringify({ temporalAddress, databaseUrl, owner }));
process.stdin.resume().once('end', async () => {
  await stack.release();
  process.exit(0);
});
