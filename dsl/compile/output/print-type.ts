import { isJsonObject, type Json, type JsonObject } from '../../../plan/json.js';
import { docComment, literalText, propertyName, typeName } from './typescript-text.js';

/**
 * TypeScript declarations of the values of a JSON Schema (draft 2020-12): an exported type of this name, and one for
 * each of its `$defs`. The types are as wide as the values; what types cannot say, such as a longest length, is left
 * out.
 */
export function printDeclarations(name: string, schema: Json, doc = ''): string {
  const { $defs = {}, ...root } = isJsonObject(schema) ? schema : { $defs: {} };
  const defs = isJsonObject($defs) ? Object.entries($defs) : [];
  const printer = new TypePrinter(name, namesOf(name, defs));
  const whole = isJsonObject(schema) ? root : schema;
  const inner = defs.map(([key, def]) => printer.declare(printer.defs.get(key)!, def, ''));
  return [printer.declare(name, whole, doc), ...inner].join('\n');
}

/** The definitions' own names, made into names of types; a second one of a name gets a number. */
function namesOf(root: string, defs: readonly (readonly [string, Json])[]): ReadonlyMap<string, string> {
  const taken = new Set([root]);
  return new Map(
    defs.map(([key]) => {
      const base = `${root}${typeName(key)}`;
      let free = base;
      for (let number = 2; taken.has(free); number += 1) free = `${base}${number}`;
      taken.add(free);
      return [key, free];
    }),
  );
}

class TypePrinter {
  constructor(
    private readonly root: string,
    readonly defs: ReadonlyMap<string, string>,
  ) {}

  /** An interface where that is possible: it may refer to itself, and editors show its name. */
  declare(name: string, schema: Json, doc: string): string {
    const comment = docComment(doc || descriptionOf(schema), '');
    const text = this.print(schema, '');
    return isPlainObject(schema) && text.startsWith('{\n')
      ? `${comment}export interface ${name} ${text}\n`
      : `${comment}export type ${name} = ${text};\n`;
  }

  private print(schema: Json | undefined, indent: string): string {
    if (schema === false) return 'never';
    if (!isJsonObject(schema)) return 'unknown';
    const parts = [...this.parts(schema, indent)].filter((part) => part !== 'unknown');
    if (parts.length === 0) return 'unknown';
    return parts.length === 1 ? parts[0]! : parts.map(grouped).join(' & ');
  }

  /** What a value must be all of. */
  private *parts(schema: JsonObject, indent: string): Iterable<string> {
    if (isJsonObject(schema.not) && Object.keys(schema.not).length === 0) yield 'never';
    if (typeof schema.$ref === 'string') yield this.refName(schema.$ref);
    if (Array.isArray(schema.allOf)) for (const part of schema.allOf) yield this.print(part, indent);
    for (const options of [schema.anyOf, schema.oneOf]) {
      if (Array.isArray(options)) yield union(options.map((option) => this.print(option, indent)));
    }
    if ('const' in schema) yield literalText(schema.const ?? null);
    else if (Array.isArray(schema.enum)) yield union(schema.enum.map(literalText));
    else if (schema.type !== undefined) yield this.printTypes(schema, indent);
  }

  private printTypes(schema: JsonObject, indent: string): string {
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    return union(types.map((type) => this.printOne(type, schema, indent)));
  }

  private printOne(type: Json | undefined, schema: JsonObject, indent: string): string {
    if (type === 'object') return this.printObject(schema, indent);
    if (type === 'array') return this.printArray(schema, indent);
    if (type === 'integer' || type === 'number') return 'number';
    return type === 'string' || type === 'boolean' || type === 'null' ? type : 'unknown';
  }

  private printArray({ prefixItems, items, minItems }: JsonObject, indent: string): string {
    if (!Array.isArray(prefixItems)) return arrayOf(this.print(items, indent));
    const needed = typeof minItems === 'number' ? minItems : 0;
    const first = prefixItems.map((item, index) => {
      const text = this.print(item, indent);
      return index < needed ? text : `${grouped(text)}?`;
    });
    const rest = items === false ? [] : [`...${arrayOf(this.print(items, indent))}`];
    return `[${[...first, ...rest].join(', ')}]`;
  }

  private printObject(schema: JsonObject, indent: string): string {
    const inner = `${indent}  `;
    const properties = propertiesOf(schema);
    const lines = properties.map(({ key, part, required }) => {
      const comment = docComment(propertyDoc(part), inner);
      return `${comment}${inner}${propertyName(key)}${required ? '' : '?'}: ${this.print(part, inner)};`;
    });
    const others = this.otherProperties(schema, properties, inner);
    if (others !== undefined) lines.push(`${inner}[key: string]: ${others};`);
    if (lines.length > 0) return `{\n${lines.join('\n')}\n${indent}}`;
    return `Record<string, ${schema.additionalProperties === false ? 'never' : 'unknown'}>`;
  }

  /** The type of an index signature; it must hold the named properties too. */
  private otherProperties(schema: JsonObject, properties: readonly Property[], indent: string): string | undefined {
    const { additionalProperties: more, patternProperties } = schema;
    const patterns = isJsonObject(patternProperties) ? Object.values(patternProperties) : [];
    if (isClosedRecord(schema)) return undefined;
    if (more === true) return 'unknown';
    const own = isJsonObject(more) ? [more] : [];
    if (own.length + patterns.length === 0) return undefined;
    const named = properties.map(({ part }) => this.print(part, indent));
    const absent = properties.every(({ required }) => required) ? [] : ['undefined'];
    return union([...[...own, ...patterns].map((part) => this.print(part, indent)), ...named, ...absent]);
  }

  private refName(ref: string): string {
    if (ref === '#') return this.root;
    return this.defs.get(unescapePointer(ref.replace('#/$defs/', ''))) ?? 'unknown';
  }
}

interface Property {
  readonly key: string;
  readonly part: Json;
  readonly required: boolean;
}

function propertiesOf(schema: JsonObject): readonly Property[] {
  const { properties, required, additionalProperties } = schema;
  const needed = new Set(Array.isArray(required) ? required : []);
  const named = isJsonObject(properties) ? properties : {};
  const keys = isClosedRecord(schema) ? keysOfRecord(schema) : [];
  const more = keys
    .filter((key) => !Object.hasOwn(named, key))
    .map((key) => [key, additionalProperties ?? {}] as const);
  return [...Object.entries(named), ...more].map(([key, part]) => ({ key, part, required: needed.has(key) }));
}

/** A record whose keys are listed. */
function isClosedRecord(schema: JsonObject): boolean {
  return keysOfRecord(schema).length > 0;
}

function keysOfRecord({ propertyNames }: JsonObject): readonly string[] {
  if (!isJsonObject(propertyNames)) return [];
  const names = 'const' in propertyNames ? [propertyNames.const] : propertyNames.enum;
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
}

function isPlainObject(schema: Json): boolean {
  return (
    isJsonObject(schema) && schema.type === 'object' && !('allOf' in schema || 'anyOf' in schema || '$ref' in schema)
  );
}

function descriptionOf(schema: Json): string {
  return isJsonObject(schema) && typeof schema.description === 'string' ? schema.description : '';
}

function propertyDoc(schema: Json): string {
  const doc = descriptionOf(schema);
  if (!isJsonObject(schema) || schema.default === undefined) return doc;
  return `${doc === '' ? '' : `${doc}\n`}Default: \`${JSON.stringify(schema.default)}\`.`;
}

function union(options: readonly string[]): string {
  const once = [...new Set(options)].filter((option) => option !== 'never');
  if (once.length === 0) return 'never';
  return once.includes('unknown') ? 'unknown' : once.join(' | ');
}

function arrayOf(type: string): string {
  return SIMPLE.test(type) ? `${type}[]` : `Array<${type}>`;
}

const SIMPLE = /^[A-Za-z0-9_]+$/;

/** Safe to stand beside `&` and `?`. */
function grouped(type: string): string {
  return SIMPLE.test(type) || isOneLiteral(type) ? type : `(${type})`;
}

function isOneLiteral(type: string): boolean {
  return /^('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")$/.test(type);
}

function unescapePointer(text: string): string {
  return decodeURIComponent(text).replaceAll('~1', '/').replaceAll('~0', '~');
}
