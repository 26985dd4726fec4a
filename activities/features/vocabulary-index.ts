import type { TextColumn } from './columns.js';

/** Index of a row's value in a vocabulary, from 1; 0 for missing, unseen and rare values. */
export type IndexOfRow = (row: number) => number;

/** Looks each text of the dictionaries up once, so that a row costs an array access. */
export function indexRows(columns: readonly TextColumn[], entries: readonly (readonly string[])[]): IndexOfRow {
  return columns.length === 1 ? indexOne(columns[0]!, entries) : indexCombination(columns, entries);
}

function indexOne({ codes, dictionary }: TextColumn, entries: readonly (readonly string[])[]): IndexOfRow {
  const indexes = new Map(entries.map(([text], at) => [text!, at + 1]));
  const byCode = Int32Array.from(dictionary, (text) => indexes.get(text) ?? 0);
  return (row) => {
    const code = codes[row]!;
    return code < 0 ? 0 : byCode[code]!;
  };
}

function indexCombination(columns: readonly TextColumn[], entries: readonly (readonly string[])[]): IndexOfRow {
  const codeOf = columns.map(({ dictionary }) => new Map(dictionary.map((text, code) => [text, code])));
  const indexes = new Map<number, number>();
  entries.forEach((texts, at) => {
    const codes = texts.map((text, i) => codeOf[i]!.get(text) ?? -1);
    if (codes.every((code) => code >= 0)) indexes.set(combine(columns, codes), at + 1);
  });
  return (row) => {
    const codes = columns.map((column) => column.codes[row]!);
    return codes.some((code) => code < 0) ? 0 : (indexes.get(combine(columns, codes)) ?? 0);
  };
}

/** One number for a combination of codes: their digits in the mixed base of the dictionaries' sizes. */
function combine(columns: readonly TextColumn[], codes: readonly number[]): number {
  return codes.reduce((sum, code, i) => sum * columns[i]!.dictionary.length + code, 0);
}
