import { usageOf } from './name-flag.js';
import { type Param, valueText } from './shape.js';

const COLUMN = 32;

/** The part of a help text that lists a pipeline's params. */
export function describeParams(pipeline: string, params: readonly Param[], taken: ReadonlySet<string>): string {
  const lines = params.flatMap((param) => linesOf(param, [param.name], taken));
  if (lines.length === 0) return `Params of ${pipeline}: none\n`;
  return `Params of ${pipeline}:\n${lines.join('\n')}\n`;
}

function linesOf(param: Param, path: readonly string[], taken: ReadonlySet<string>): readonly string[] {
  const term = usageOf(path, param.shape, taken);
  const line = [`  ${term.padEnd(COLUMN)}`, param.description, remarkOf(param)].filter(Boolean).join(' ').trimEnd();
  const fields = param.shape.kind === 'object' ? param.shape.fields : [];
  return [line, ...fields.flatMap((field) => linesOf(field, [...path, field.name], taken))];
}

function remarkOf({ required, default: initial }: Param): string {
  if (initial !== undefined) return `(default: ${valueText(initial)})`;
  return required ? '(required)' : '';
}
