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

test('what changes at the same moment is sent once, as it is in the end', async () => {
  const { arrived, ends, send } = post();
  const news = new News();
  news.send(send('one asks'));
  await undefined;
  news.send(send('two ask'));
  await settled();
  expect(ends).toHaveLength(1);
  ends[0]!();
  await settled();
  expect(arrived).toEqual(['two ask']);
});

test('what is sent first arrives first, and of what came meanwhile the last alone', async () => {
  const { arrived, ends, send } = post();
  const news = new News();
  news.send(send('held'));
  await settled();
  for (const what of ['running', 'waiting']) news.send(send(what));
  await settled();
  expect(ends).toHaveLength(1);
  ends[0]!();
  await settled();
  expect(arrived).toEqual(['held']);
  expect(ends).toHaveLength(2);
  ends[1]!();
  await settled();
  expect(arrived).toEqual(['held', 'waiting']);
});

test('after all has arrived the next goes', async () => {
  const { arrived, ends, send } = post();
  const news = new News();
  news.send(send('held'));
  await settled();
  ends[0]!();
  await settled();
  news.send(send('running'));
  await settled();
  expect(ends).toHaveLength(2);
  ends[1]!();
  await settled();
  expect(arrived).toEqual(['held', 'running']);
});
