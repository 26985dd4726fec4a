/** Real flights, as a client of the HTTP endpoint would send them. */
import { DuckDBInstance } from '@duckdb/node-api';

/** Departures of one busy route on the last Friday of June, some hours apart. `delay` is what really happened. */
const SELECTION = `
  SELECT strftime(date, '%Y-%m-%dT%H:%M:%S') AS date, distance::INTEGER AS distance, origin, destination, delay::INTEGER AS delay
  FROM flights
  WHERE origin = 'ORD' AND destination = 'LGA' AND date >= '2001-06-29' AND date < '2001-06-30'
  QUALIFY row_number() OVER (PARTITION BY hour(date) // 6 ORDER BY date) = 1
  ORDER BY date`;

/** Flights of the data that the last model was judged on. */
export async function realFlights({ artifacts }, dataset) {
  const files = await Promise.all(dataset.files.map((file) => artifacts.localPath(file)));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const list = files.map((file) => `'${file.replaceAll("'", "''")}'`).join(', ');
    await connection.run(`CREATE VIEW flights AS SELECT * FROM read_parquet([${list}])`);
    return (await connection.runAndReadAll(SELECTION)).getRowObjectsJS();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Asks the model server; the arrival delay stays here. */
export async function predict(url, flights) {
  const instances = flights.map(({ delay: _, ...known }) => known);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances }),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Error(`the model server answers ${response.status}: ${answer.error}`);
}
