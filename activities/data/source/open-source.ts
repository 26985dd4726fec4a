import { open } from 'node:fs/promises';
import type { DuckDb } from '../duckdb.js';
import { invalidData, readingFile } from '../invalid-data.js';
import { parquetRows } from '../sql.js';
import { csvRows } from './csv-rows.js';
import { type LocatedFile, locateSource } from './locate-source.js';
import type { Source } from './source.js';

export interface SourceColumn {
  readonly name: string;
  /** DuckDB's type. Every column of a CSV file is VARCHAR. */
  readonly type: string;
}

/** A source that is there and can be read. */
export interface OpenSource {
  readonly source: Source;
  readonly path: string;
  /** The file as errors name it. */
  readonly label: string;
  /** SQL of its rows. */
  readonly rows: string;
  readonly columns: readonly SourceColumn[];
}

/**
 * Finds a source's file and reads what columns it has, not its rows.
 * @throws PawlError `InvalidData` naming the file, its size and what is wrong with it.
 */
export async function openSource(db: DuckDb, source: Source, root: string): Promise<OpenSource> {
  const file = await locateSource(source.uri, root);
  const label = labelOf(source.uri, file);
  if (source.format === 'parquet') await checkParquet(file, label);
  const rows = source.format === 'parquet' ? parquetRows([file.path]) : await csvRows(source, file.path, label);
  const described = await readingFile(label, () => db.rows(`DESCRIBE SELECT * FROM ${rows}`));
  const columns = described.map((row) => ({ name: String(row.column_name), type: String(row.column_type) }));
  return { source, path: file.path, label, rows, columns };
}

function labelOf(uri: string, file: LocatedFile): string {
  const place = uri === file.path ? '' : `${file.path}, `;
  return `${uri} (${place}${file.bytes.toLocaleString('en-US')} bytes)`;
}

const MAGIC = 'PAR1';

/** Parquet begins and ends with four known bytes: what DuckDB reports as damage can be told apart here. */
async function checkParquet(file: LocatedFile, label: string): Promise<void> {
  const handle = await open(file.path, 'r');
  try {
    const at = async (position: number) => {
      const { buffer } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, position);
      return buffer.toString('latin1');
    };
    if ((await at(0)) !== MAGIC) throw invalidData(`${label} is not a Parquet file`, 'Is it CSV? Then use csv(…).');
    if (file.bytes < 12 || (await at(file.bytes - MAGIC.length)) !== MAGIC) {
      throw invalidData(`${label} is truncated: it does not end as a Parquet file does`, 'Write or download it again.');
    }
  } finally {
    await handle.close();
  }
}
