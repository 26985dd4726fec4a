import type { z } from 'zod';
import type { ColumnType, Rule } from './contract.js';
import { keptFlags, translatePattern } from './pattern.js';
import { readAll, refusal } from './refusal.js';
import { timestampTagOf } from './timestamp.js';

interface TextDomain {
  readonly type: ColumnType;
  readonly zone: string | null;
  readonly rules: readonly Rule[];
}

type StringCheck =
  | z.core.$ZodCheckMinLengthDef
  | z.core.$ZodCheckMaxLengthDef
  | z.core.$ZodCheckLengthEqualsDef
  | z.core.$ZodCheckStringFormatDef
  | z.core.$ZodCheckOverwriteDef;

// Formats that are all in their pattern. The others (url, jwt, base64 …) are functions.
const FORMATS = ['email', 'uuid', 'guid', 'nanoid', 'cuid', 'cuid2', 'ulid', 'xid', 'ksuid', 'ipv4', 'cidrv4', 'e164'];
const OTHER_FORMATS = ['lowercase', 'uppercase', 'time', 'duration', 'mac', 'regex'];

/** Reads the conditions of texts, of days (`z.iso.date()`) and of `timestamp()`. */
export function readText(column: string, schema: z.core.$ZodType, pattern?: RegExp): TextDomain {
  const def = schema._zod.def as z.core.$ZodStringDef;
  if (def.coerce) throw refusal(column, 'coerce changes the value', 'Write z.string().');
  const checks = def.checks ?? [];
  const tag = checks.map((check) => timestampTagOf(check)).find(Boolean);
  if (tag) return readTimestamp(column, tag, checks.length);
  const own = 'check' in def ? [def as unknown as StringCheck] : [];
  const all = [...own, ...checks.map((check) => check._zod.def as StringCheck)];
  if (all.some((check) => formatOf(check) === 'date')) return readDate(column, all.length);
  const template = pattern ? [patternRule(column, pattern, null)] : [];
  return {
    type: 'text',
    zone: null,
    rules: [...template, ...readAll(all, (check) => readCheck(column, check)).flat()],
  };
}

function readTimestamp(
  column: string,
  tag: NonNullable<ReturnType<typeof timestampTagOf>>,
  checks: number,
): TextDomain {
  if (checks > 1) {
    throw refusal(column, 'a timestamp takes no text conditions', 'Write timestamp({ min, max }) for bounds.');
  }
  const min: Rule[] = tag.min === null ? [] : [{ rule: 'min', value: tag.min, exclusive: false }];
  const max: Rule[] = tag.max === null ? [] : [{ rule: 'max', value: tag.max, exclusive: false }];
  return { type: 'timestamp', zone: tag.zone, rules: [...min, ...max] };
}

function readDate(column: string, checks: number): TextDomain {
  if (checks > 1) throw refusal(column, 'a date takes no text conditions', 'Write a row rule sql(…) for bounds.');
  return { type: 'date', zone: null, rules: [] };
}

function readCheck(column: string, check: StringCheck): Rule[] {
  switch (check.check) {
    case 'min_length':
      return [{ rule: 'minLength', value: check.minimum }];
    case 'max_length':
      return [{ rule: 'maxLength', value: check.maximum }];
    case 'length_equals':
      return [
        { rule: 'minLength', value: check.length },
        { rule: 'maxLength', value: check.length },
      ];
    case 'string_format':
      return [readFormat(column, check)];
    case 'overwrite':
      throw refusal(
        column,
        'trim, toLowerCase and the like change the value',
        'Check it instead: z.string().regex(…).',
      );
    default:
      throw unreadable(column, check);
  }
}

function readFormat(column: string, check: z.core.$ZodCheckStringFormatDef): Rule {
  const parts = check as z.core.$ZodCheckStringFormatDef & {
    readonly prefix?: string;
    readonly suffix?: string;
    readonly includes?: string;
    readonly position?: number;
  };
  const { format, pattern } = check;
  if (format === 'starts_with') return { rule: 'startsWith', text: parts.prefix! };
  if (format === 'ends_with') return { rule: 'endsWith', text: parts.suffix! };
  if (format === 'includes' && parts.position === undefined) return { rule: 'includes', text: parts.includes! };
  if (format === 'datetime') {
    throw refusal(
      column,
      'z.iso.datetime() does not say how stored timestamps are read',
      'Write timestamp() of pawl/ml.',
    );
  }
  const named = FORMATS.includes(format) || OTHER_FORMATS.includes(format) || /^(md5|sha\d+)_/.test(format);
  if (named && pattern) return patternRule(column, pattern, format === 'regex' ? null : format);
  throw refusal(
    column,
    `the format "${format}" is checked by a function, which SQL cannot run`,
    'Use z.string().regex(…).',
  );
}

function patternRule(column: string, pattern: RegExp, format: string | null): Rule {
  const translation = translatePattern(pattern.source, pattern.flags);
  if (!('problem' in translation)) {
    return { rule: 'pattern', source: pattern.source, flags: keptFlags(pattern.flags), format };
  }
  throw refusal(
    column,
    `the pattern ${pattern} cannot run in SQL: ${translation.problem}`,
    'Rewrite the pattern, or split it into several conditions.',
  );
}

function formatOf(check: StringCheck): string | undefined {
  return check.check === 'string_format' ? check.format : undefined;
}

function unreadable(column: string, check: never) {
  const name = (check as { check: string }).check;
  return refusal(
    column,
    name === 'custom' ? 'refine, check and superRefine cannot run in SQL' : `the check "${name}" is not known`,
    'Use min, max, length, regex, startsWith, endsWith, includes or an enum, or a row rule: z.object({ … }).check(sql(…)).',
  );
}
