import { z } from 'pawl';
import { sql, timestamp } from 'pawl/ml';

/**
 * One flight within the United States, January to June 2001: both the TypeScript type of a row and the contract that
 * every row of the file is checked against. The bounds come from looking at the file; what they catch is kept apart,
 * not thrown away.
 */
export const Flight = z
  .object({
    // When the plane really left, on the airport's own clock, so there is no zone. The file holds six months and six
    // rows of 1 July at midnight, which no month's partition would ever read.
    date: timestamp({ min: '2001-01-01T00:00:00', max: '2001-06-30T23:59:59' }),

    // Minutes between the planned and the real arrival. Planned times have slack of an hour and more: the earliest
    // come in at -87, nearly without a gap. Then follow -212, -953 and -1116, and nobody lands 18 hours early. At the other end flights that wait
    // until the next day are real, up to 1688; 30 hours leave room for one that waits a little longer.
    delay: z.int().min(-90).max(1800),

    // Miles. The shortest hop is Miami to Fort Lauderdale (21), the longest leg Newark to Honolulu (4962).
    distance: z.int().min(20).max(5000),

    // IATA codes.
    origin: z.string().regex(/^[A-Z]{3}$/),
    destination: z.string().regex(/^[A-Z]{3}$/),
  })
  .check(
    sql('origin <> destination', 'a flight ends somewhere else'),
    // The flight from Phoenix to Detroit was planned for shortly after midnight. On nights when it left a few minutes
    // early, on the day before, its delay was counted from the wrong day: 23 or 24 hours too much.
    sql(
      'NOT (delay >= 1380 AND (hour(date) = 23 OR (hour(date) = 0 AND minute(date) = 0)))',
      'no flight around midnight is a day late',
    ),
  );
