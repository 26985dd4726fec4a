import type { DuckDb } from '../data/duckdb.js';
import { identifier } from '../data/sql.js';
import type { Feature } from './feature.js';
import type { FeatureSpecValue } from './feature-spec.js';
import type { LabelRule } from './label.js';
import { requirePresent } from './require-column.js';
import { columnsOfSpec, type FittedFeature, type Transform } from './transform.js';

/** A table or subquery, as it stands after FROM. */
type Source = string;

/**
 * Learns the numbers of a feature spec from the rows of a table that have a label: one aggregate query a feature.
 * @param table What stands after FROM: a table's name or `read_parquet(…)`.
 * @throws PawlError `InvalidData` when a column is missing or no row has a label.
 */
export async function analyse(db: DuckDb, table: Source, spec: FeatureSpecValue): Promise<Transform> {
  const described = await db.rows(`DESCRIBE SELECT * FROM ${table}`);
  requirePresent(
    described.map((row) => String(row.column_name)),
    [...columnsOfSpec(spec).keys()],
  );
  const labelled = `(SELECT * FROM ${table} WHERE ${hasLabel(spec.label)})`;
  const rows = await countRows(db, labelled);
  const features: FittedFeature[] = [];
  for (const feature of spec.inputs) features.push(await analyseFeature(db, labelled, feature));
  return { format: 1, label: spec.label, rows, features };
}

function analyseFeature(db: DuckDb, from: Source, feature: Feature): Promise<FittedFeature> {
  switch (feature.kind) {
    case 'standardise':
      return analyseMoments(db, from, feature);
    case 'bucketize':
      return analyseQuantiles(db, from, feature);
    case 'vocabulary':
      return analyseVocabulary(db, from, feature);
    case 'cyclic':
      return Promise.resolve(feature);
  }
}

type FeatureOf<Kind> = Extract<Feature, { kind: Kind }>;

async function analyseMoments(db: DuckDb, from: Source, { kind, column }: FeatureOf<'standardise'>) {
  const value = number(column);
  const [row] = await db.rows(
    `SELECT avg(${value}) AS mean, stddev_pop(${value}) AS deviation FROM ${from} WHERE isfinite(${value})`,
  );
  return { kind, column, mean: steady(row?.mean), deviation: steady(row?.deviation) };
}

async function analyseQuantiles(db: DuckDb, from: Source, { kind, column, buckets }: FeatureOf<'bucketize'>) {
  const value = number(column);
  const fractions = Array.from({ length: buckets - 1 }, (_, i) => (i + 1) / buckets);
  const [row] = await db.rows(
    `SELECT min(${value}) AS least, ${fractions.map((f, i) => `quantile_disc(${value}, ${f}) AS q${i}`).join(', ')}
     FROM ${from} WHERE isfinite(${value})`,
  );
  const found = fractions.flatMap((_, i) => (typeof row?.[`q${i}`] === 'number' ? [row[`q${i}`] as number] : []));
  // A boundary at the least value would leave the bucket below it empty.
  const boundaries = [...new Set(found)].filter((boundary) => boundary > Number(row?.least)).sort((a, b) => a - b);
  return { kind, column, boundaries };
}

async function analyseVocabulary(db: DuckDb, from: Source, feature: FeatureOf<'vocabulary'>): Promise<FittedFeature> {
  const { kind, columns, name, as, top, minCount } = feature;
  const texts = columns.map((column) => `CAST(${identifier(column)} AS VARCHAR)`);
  const present = texts.map((text) => `${text} IS NOT NULL`).join(' AND ');
  const rows = await db.rows(
    `SELECT ${texts.map((text, i) => `${text} AS t${i}`).join(', ')} FROM ${from} WHERE ${present}
     GROUP BY ${texts.join(', ')} HAVING count(*) >= ${minCount}
     ORDER BY count(*) DESC, ${texts.join(', ')} LIMIT ${top}`,
  );
  return { kind, columns, name, as, entries: rows.map((row) => columns.map((_, i) => String(row[`t${i}`]))) };
}

async function countRows(db: DuckDb, from: Source): Promise<number> {
  const [row] = await db.rows(`SELECT count(*)::DOUBLE AS rows FROM ${from}`);
  return Number(row?.rows);
}

function hasLabel(rule: LabelRule): string {
  const column = identifier(rule.column);
  return rule.test === 'is' ? `${column} IS NOT NULL` : `${column} IS NOT NULL AND NOT isnan(${number(rule.column)})`;
}

function number(column: string): string {
  return `CAST(${identifier(column)} AS DOUBLE)`;
}

/**
 * Nine significant digits: threads add numbers in any order, and the same rows must give the same transform.
 * A column without values has mean and deviation 0.
 */
function steady(value: unknown): number {
  return typeof value === 'number' ? Number(value.toPrecision(9)) : 0;
}
