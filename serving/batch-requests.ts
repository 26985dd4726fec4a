/** Gives one score for each row, in their order. */
export type PredictRows = (rows: readonly object[]) => Promise<ArrayLike<number>>;

/** Above this the cost of one more row equals that of its own call. */
const MOST_ROWS = 256;

interface Waiting {
  readonly rows: readonly object[];
  readonly resolve: (scores: readonly number[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins requests that come while the model is busy, or in the same turn of the event loop, into one call of it. Nothing
 * waits for a clock: a request that comes alone is answered at once.
 *
 * @param mostRows rows joined into one call; a larger request is one call by itself. Default: 256.
 */
export function batchRequests(
  predict: PredictRows,
  mostRows: number = MOST_ROWS,
): (rows: readonly object[]) => Promise<readonly number[]> {
  const queue: Waiting[] = [];
  let running = false;

  const drain = async (): Promise<void> => {
    while (queue.length > 0) await answer(takeBatch(queue, mostRows), predict);
    running = false;
  };

  return (rows) =>
    new Promise((resolve, reject) => {
      queue.push({ rows, resolve, reject });
      if (running) return;
      running = true;
      setImmediate(() => void drain());
    });
}

function takeBatch(queue: Waiting[], mostRows: number): Waiting[] {
  let count = 1;
  let rows = queue[0]!.rows.length;
  while (count < queue.length && rows + queue[count]!.rows.length <= mostRows) {
    rows += queue[count]!.rows.length;
    count += 1;
  }
  return queue.splice(0, count);
}

/** Never rejects. Requests that fail together are tried one by one, so that none fails because of its neighbour. */
async function answer(batch: readonly Waiting[], predict: PredictRows): Promise<void> {
  try {
    const scores = await predict(batch.flatMap(({ rows }) => rows));
    let start = 0;
    for (const { rows, resolve } of batch) {
      resolve(Array.from({ length: rows.length }, (_, row) => scores[start + row] ?? Number.NaN));
      start += rows.length;
    }
  } catch (error) {
    if (batch.length === 1) batch[0]!.reject(error);
    else for (const each of batch) await answer([each], predict);
  }
}
