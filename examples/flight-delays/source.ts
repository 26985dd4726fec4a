import { parquet } from 'pawl/ml';

/** Three million US flights, January to June 2001, one partition a month. The file comes with an npm package. */
export const flightsFile = parquet('npm:vega-datasets/data/flights-3m.parquet', {
  partition: { column: 'date', by: 'month' },
});
