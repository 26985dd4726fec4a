import { typeRuleText } from '../contract/rule-text.js';
import type { DuckDb } from '../duckdb.js';
import { invalidData, readingFile } from '../invalid-data.js';
import type { OpenSource } from '../source/open-source.js';
import type { BoundColumn } from './bind-columns.js';

/**
 * Makes sure that every CSV cell is a value of its column's type: one that is not would be stored as NULL.
 * @throws PawlError `InvalidData` with the number of such cells in each column and the first of them.
 */
export async function checkCells(
  db: DuckDb,
  source: OpenSource,
  bound: readonly BoundColumn[],
  where: string,
): Promise<void> {
  const cells = bound.filter(({ cell, sql }) => cell !== null && cell !== sql);
  if (cells.length === 0) return;
  const parts = cells.flatMap(({ cell, sql }, index) => {
    const wrong = `${cell} IS NOT NULL AND ${sql} IS NULL`;
    return [
      `count(*) FILTER (WHERE ${wrong})::DOUBLE AS wrong${index}`,
      `first(${cell}) FILTER (WHERE ${wrong}) AS example${index}`,
    ];
  });
  const query = `SELECT ${parts.join(', ')} FROM ${source.rows} WHERE ${where}`;
  const [counts] = await readingFile(source.label, () => db.rows(query));
  const problems = cells.flatMap(({ column }, index) => {
    const wrong = Number(counts?.[`wrong${index}`]);
    if (wrong === 0) return [];
    const example = JSON.stringify(counts?.[`example${index}`]);
    const what = `not ${typeRuleText(column)}, for example ${example}`;
    return [`column "${column.name}": ${wrong} ${wrong === 1 ? 'cell is' : 'cells are'} ${what}`];
  });
  if (problems.length === 0) return;
  throw invalidData(
    `${source.label} does not fit its contract: ${problems.join('; ')}`,
    'Correct the cells, name the texts that mean NULL (csv(…, { nulls })), or read the column as z.string().',
  );
}
