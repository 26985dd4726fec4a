import { expect, test } from 'vitest';
import { News } from '../../workflows/news.js';

/** Sends that end when they are told to, with what arrived. */
function post() {
  const arrived: string[] = [];
  const ends: (() => void)[] = [];
  const send = (what: string) => async (): Promise<void> => {
    await new Promise<void>((resolve) => ends.push(resolve));
    arrived.push(what);
  };
  return { arrived, ends, send };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('what is sent first arrives first, and of what came meanwhile the last alone', async () => {
  const { arrived, ends, send } = post();
  const news = new News();
  for (const what of ['held', 'running', 'waiting']) news.send(send(what));
  expect(ends).toHaveLength(1);
  ends[0]!();
  await settled();
  expect(arrived).toEqual(['held']);
  expect(ends).toHaveLength(2);
  ends[1]!();
  await settled();
  expect(arrived).toEqual(['held', 'waiting']);
});

test('after all has arrived the next goes at once', async () => {
  const { arrived, ends, send } = post();
  const news = new News();
  news.send(send('held'));
  ends[0]!();
  await settled();
  news.send(send('running'));
  expect(ends).toHaveLength(2);
  ends[1]!();
  await settled();
  expect(arrived).toEqual(['held', 'running']);
});
