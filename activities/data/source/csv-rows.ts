import { open } from 'node:fs/promises';
import { invalidData } from '../invalid-data.js';
import { literal } from '../sql.js';
import type { Source } from './source.js';

type CsvSource = Extract<Source, { format: 'csv' }>;

const LONGEST_HEADER = 1 << 20;

/**
 * SQL of a CSV file's rows, every cell a text. Nothing is guessed: DuckDB's detection drops leading lines that do not
 * fit what it takes for the table.
 */
export async function csvRows(source: CsvSource, path: string, label: string): Promise<string> {
  const names = source.columns ?? splitHeader(await firstLine(path), source.delimiter);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalidData(`${label} has two columns "${twice}"`, 'Rename one of them.');
  const columns = names.map((name) => `${literal(name)}: 'VARCHAR'`);
  const options = [
    'auto_detect = false',
    `columns = {${columns.join(', ')}}`,
    `header = ${source.columns === null}`,
    `delim = ${literal(source.delimiter)}`,
    `quote = '"'`,
    `escape = '"'`,
    `nullstr = [${source.nulls.map(literal).join(', ')}]`,
  ];
  return `read_csv(${literal(path)}, ${options.join(', ')})`;
}

async function firstLine(path: string): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0);
    const text = buffer.toString('utf8', 0, bytesRead).replace(/^\uFEFF/, '');
    // A quoted name may hold a line break.
    return /^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text)![0];
  } finally {
    await handle.close();
  }
}

function splitHeader(line: string, delimiter: string): string[] {
  const names = [''];
  let quoted = false;
  for (const char of line) {
    if (char === '"') quoted = !quoted;
    if (char === delimiter && !quoted) names.push('');
    else names[names.length - 1] += char;
  }
  return names.map((name) => name.replace(/^"([\s\S]*)"$/, '$1').replaceAll('""', '"'));
}
