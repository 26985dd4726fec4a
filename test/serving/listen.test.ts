import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { isPawlError } from '../../plan/failure.js';
import { listen } from '../../serving/listen.js';

const app = new Hono().get('/', (c) => c.text('here'));

async function refusal(port: number, host: string): Promise<{ message: string; hint: string | undefined }> {
  const error: unknown = await listen(app, port, host).catch((reason: unknown) => reason);
  if (!isPawlError(error)) throw new Error('it listens, or fails in another way');
  return { message: error.message, hint: error.hint };
}

test('a free port is taken, and given back', async () => {
  const listener = await listen(app, 0, '127.0.0.1');
  expect(listener.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(listener.url)).text()).toBe('here');
  await listener.close();
  await expect(fetch(listener.url)).rejects.toThrow();
});

test('a port in use is named, with what to do', async () => {
  const listener = await listen(app, 0, '127.0.0.1');
  const port = Number(new URL(listener.url).port);
  const { message, hint } = await refusal(port, '127.0.0.1');
  expect(message).toBe(`the server cannot listen: port ${port} of 127.0.0.1 is in use`);
  expect(hint).toMatch(/--port/);
  await listener.close();
});

test('an address of another machine is refused', async () => {
  const { message, hint } = await refusal(0, '192.0.2.1');
  expect([message, hint]).toEqual([expect.stringMatching(/no address 192\.0\.2\.1/), expect.stringMatching(/--host/)]);
});
