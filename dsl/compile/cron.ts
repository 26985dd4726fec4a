interface CronField {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names of the values, from `from` on. */
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly CronField[] = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  // Sunday is 0 and 7.
  { name: 'day of week', from: 0, to: 7, names: DAYS },
];

/** What is wrong with a cron line of five fields, as Temporal reads them; null when nothing is. */
export function cronProblem(cron: string): string | null {
  const texts = cron.trim().split(/\s+/);
  if (texts.length !== FIELDS.length) return `"${cron}" is not five cron fields`;
  const wrong = FIELDS.findIndex((field, index) => !texts[index]!.split(',').every((part) => isPart(part, field)));
  if (wrong < 0) return null;
  const { name, from, to } = FIELDS[wrong]!;
  return `"${texts[wrong]}" is no ${name} in "${cron}": it goes from ${from} to ${to}`;
}

/** The values that each field of a cron line takes, in its order; null for a line that is wrong. */
export function cronValues(cron: string): readonly ReadonlySet<number>[] | null {
  if (cronProblem(cron) !== null) return null;
  const texts = cron.trim().split(/\s+/);
  return FIELDS.map((field, index) => new Set(texts[index]!.split(',').flatMap((part) => valuesOf(part, field))));
}

/** A value with a step goes on to the field's end. */
function valuesOf(text: string, field: CronField): readonly number[] {
  const [range = '', step] = text.split('/');
  const bounds = range === '*' ? [field.from, field.to] : range.split('-').map((part) => numberOf(part, field));
  const last = bounds.length === 1 && step !== undefined ? field.to : bounds.at(-1)!;
  const values: number[] = [];
  for (let value = bounds[0]!; value <= last; value += Number(step ?? 1)) values.push(value);
  return values;
}

/** One of `*`, a value, or a range of two, each with or without a step. */
function isPart(text: string, field: CronField): boolean {
  const found = /^(\*|[a-z\d]+(?:-[a-z\d]+)?)(?:\/([1-9]\d*))?$/i.exec(text);
  if (!found) return false;
  const [, range = ''] = found;
  if (range === '*') return true;
  const bounds = range.split('-').map((part) => numberOf(part, field));
  return bounds.every((value) => value >= field.from && value <= field.to) && bounds[0]! <= bounds.at(-1)!;
}

function numberOf(text: string, field: CronField): number {
  const named = field.names?.indexOf(text.toLowerCase().slice(0, 3)) ?? -1;
  if (named >= 0) return named + field.from;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
