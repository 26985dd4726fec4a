/** The model server, in a process of its own as in real life (there: `pawl serve`). It ends when the demo does. */
import { join } from 'node:path';
import { openStore, startServer } from 'pawl/worker';

const CLOSES_WITHIN_MS = 5000;

process.once('message', async ({ databaseUrl, artifacts, scratch }) => {
  const store = await openStore({ databaseUrl, artifacts });
  const server = await startServer({ store, cacheFolder: join(scratch, 'serving') });
  process.once('disconnect', async () => {
    setTimeout(() => process.exit(), CLOSES_WITHIN_MS);
    await server.close();
    await store.close();
    process.exit();
  });
  process.send({ url: server.url });
});
// A Ctrl-C reaches every process of the terminal; the demo then says when to end.
process.on('SIGINT', () => {});
