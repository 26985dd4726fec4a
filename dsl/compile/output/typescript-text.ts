import { isJsonObject, type Json } from '../../../plan/json.js';

/** A JSON value as a type that only it has. */
export function literalText(value: Json): string {
  if (typeof value === 'string') return quotedText(value);
  if (Array.isArray(value)) return `[${value.map(literalText).join(', ')}]`;
  if (!isJsonObject(value)) return String(value);
  const parts = Object.entries(value).map(([key, part]) => `${propertyName(key)}: ${literalText(part)}`);
  return parts.length === 0 ? 'Record<string, never>' : `{ ${parts.join('; ')} }`;
}

/** A string literal. */
export function quotedText(text: string): string {
  // Line separators are allowed in strings, and break tools that look at lines.
  const json = JSON.stringify(text).replace(/[\u2028\u2029]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16)}`);
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A property's name, quoted where it must be. */
export function propertyName(key: string): string {
  // `__proto__` without brackets would set the prototype of a value.
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][A-Za-z0-9_$]*$/.test(key) ? key : quotedText(key);
}

/** A name as types have: `flight-delays` becomes `FlightDelays`. */
export function typeName(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter(Boolean);
  return words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

/** A name as variables have: `flight-delays` becomes `flightDelays`. */
export function variableName(text: string): string {
  const name = typeName(text);
  return name.slice(0, 1).toLowerCase() + name.slice(1);
}

/** A TSDoc comment with a line break at its end; nothing for an empty text. */
export function docComment(text: string, indent: string): string {
  const lines = text
    .trim()
    .replaceAll('*/', '*\\/')
    .split(/\r\n|[\n\r\u2028\u2029]/);
  if (lines.length === 1) return lines[0] === '' ? '' : `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}
