import pg from 'pg';

const INT8 = 20;
const TIMESTAMPTZ = 1184;

const parseTime = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => Date;

/**
 * How Postgres values become JavaScript's: `bigint` is a number (the store counts nothing near 2⁵³), and
 * `timestamptz` is ISO 8601 in UTC with milliseconds, as everywhere in plans and runs.
 */
export const parsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === INT8) return Number;
    if (oid === TIMESTAMPTZ) return (text: string) => parseTime(text).toISOString();
    return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
  }) as pg.CustomTypesConfig['getTypeParser'],
};
