import type { z } from 'zod';
import { type Binding, isItem, isOrElse, isParam, isRef, type Path, refsOf, visitBinding } from '../../plan/binding.js';
import type { Block, MatchNode, PlanNode, PresentNode, WhenNode } from '../../plan/plan.js';
import { suggestName } from '../../plan/suggest.js';
import { bindingsOf, blocksOf } from '../../plan/visit.js';
import type { Trace } from '../trace.js';
import { DiagnosticCode, type Finding, type Place } from './diagnostic.js';
import { defOf, innerOf, isAlwaysThere, keysOf, onlyValues } from './schema-facts.js';
import type { ValueSchemas } from './value-schemas.js';

/** Finds reads of what no value has, and ways that no run can take, as far as schemas tell. */
export function checkValues(
  traced: Trace,
  schemas: ValueSchemas,
  placeOf: (node?: string) => Place,
): readonly Finding[] {
  const checker = new ValueChecker(schemas, placeOf);
  checker.block(traced.block, undefined);
  if (traced.onExit) checker.block(traced.onExit.block, undefined);
  return checker.findings;
}

class ValueChecker {
  readonly findings: Finding[] = [];

  constructor(
    private readonly schemas: ValueSchemas,
    private readonly placeOf: (node?: string) => Place,
  ) {}

  block({ nodes, result }: Block, owner: string | undefined): void {
    for (const node of nodes) this.node(node);
    this.binding(result, owner);
  }

  private node(node: PlanNode): void {
    for (const binding of bindingsOf(node)) {
      this.binding(binding, node.id);
      this.refuseNever(binding, node.id);
    }
    if (node.kind === 'when') this.when(node);
    if (node.kind === 'match') this.match(node);
    if (node.kind === 'present') this.present(node);
    for (const block of blocksOf(node)) this.block(block, node.id);
  }

  private binding(binding: Binding, owner: string | undefined): void {
    visitBinding(binding, (part) => {
      const path = pathOf(part);
      if (path.length > 0 && !this.schemas.of(part)) this.unknownProperty(part, path, owner);
      this.placesOfLists(part, path, owner);
      if (isOrElse(part)) this.orElse(part.$orElse[0], owner);
    });
  }

  /** Only a tuple has places before the run. */
  private placesOfLists(part: Binding, path: Path, owner: string | undefined): void {
    for (const [index, key] of path.entries()) {
      const around = typeof key === 'number' ? this.schemas.of(withPath(part, path.slice(0, index))) : undefined;
      if (!around || !isList(around)) continue;
      const name = index === 0 ? 'is a list' : `has a list at \`${path.slice(0, index).join('.')}\``;
      const message = `${nameOf(part)} ${name}, which may have no item ${key} when the pipeline runs`;
      const hint = 'Look the item up in a step; for every item of a list, use map.';
      this.report(DiagnosticCode.RefAsIndex, 'error', message, hint, owner);
    }
  }

  /** The longest part of the path that is known, and the first key that is not. */
  private unknownProperty(part: Binding, path: Path, owner: string | undefined): void {
    const length = path.findIndex((_, index) => !this.schemas.of(withPath(part, path.slice(0, index + 1))));
    const key = String(path[length]);
    const around = this.schemas.of(withPath(part, path.slice(0, length)));
    if (!around) return;
    const known = keysOf(around) ?? [];
    const whole = path.length === 1 ? 'the value' : `\`${path.slice(0, length).join('.')}\``;
    this.report(
      DiagnosticCode.UnknownProperty,
      'error',
      `${nameOf(part)} has no property "${key}"${length === 0 ? '' : ` in ${whole}`}`,
      known.length > 0 ? suggestName(key, known) : hintFor(around),
      owner,
    );
  }

  private refuseNever(binding: Binding, owner: string): void {
    for (const id of refsOf(binding)) {
      const schema = this.schemas.of({ $ref: id, path: [] });
      if (!schema || !isNever(schema)) continue;
      const message = `"${owner}" comes after "${id}", which always ends the run`;
      this.unreachable(message, 'Remove it, or let it not depend on what reject returns.', owner);
    }
  }

  private when({ id, if: condition, then, else: otherwise }: WhenNode): void {
    const [only, ...others] = this.valuesOf(condition) ?? [];
    if (typeof only !== 'boolean' || others.length > 0) return;
    const never = only ? otherwise : then;
    const what = never.nodes.length === 0 ? 'decides nothing' : `never goes its way "${only ? 'else' : 'then'}"`;
    this.unreachable(`"${id}" ${what}: its condition is always ${only}`, 'Remove the choice.', id);
  }

  private match({ id, on, cases, otherwise }: MatchNode): void {
    const tags = this.valuesOf(on)?.map(String);
    if (!tags) return;
    const handled = cases.map(({ is }) => String(is));
    for (const tag of handled.filter((one) => !tags.includes(one))) {
      this.unreachable(`"${id}" has a case "${tag}", which no value has as its tag`, suggestName(tag, tags), id);
    }
    const missing = tags.filter((tag) => !handled.includes(tag));
    if (otherwise && missing.length === 0) {
      this.unreachable(`"${id}" never goes its way "otherwise": each tag has a case`, 'Remove otherwise.', id);
    }
    if (otherwise || missing.length === 0) return;
    const message = `"${id}" has no case for ${missing.map((tag) => `"${tag}"`).join(', ')}`;
    this.report(DiagnosticCode.MissingCase, 'error', message, 'Add a case for each tag, or otherwise.', id);
  }

  private present({ id, value }: PresentNode): void {
    if (!this.isThere(value)) return;
    this.unreachable(`"${id}" asks whether a value is there that always is`, 'Use the value without present.', id);
  }

  private orElse(value: Binding, owner: string | undefined): void {
    if (!this.isThere(value)) return;
    const message = 'orElse has a value for the case that another one is missing, which is always there';
    this.unreachable(message, 'Use the value without orElse.', owner);
  }

  private isThere(binding: Binding): boolean {
    const schema = this.schemas.of(binding);
    return schema !== undefined && isAlwaysThere(schema);
  }

  private valuesOf(binding: Binding): readonly z.core.util.Literal[] | undefined {
    const schema = this.schemas.of(binding);
    return schema && onlyValues(schema);
  }

  private unreachable(message: string, hint: string, node: string | undefined): void {
    this.report(DiagnosticCode.Unreachable, 'warning', message, hint, node);
  }

  private report(code: DiagnosticCode, severity: Finding['severity'], message: string, hint: string, node?: string) {
    this.findings.push({ code, severity, message, hint, place: this.placeOf(node) });
  }
}

function hintFor(schema: z.core.$ZodType): string {
  const isList = defOf(schema).type === 'array';
  return isList ? 'It is a list: use map for its items.' : 'It is no object: use it as a whole.';
}

function isList(schema: z.core.$ZodType): boolean {
  const def = defOf(schema);
  const inner = innerOf(def);
  return inner ? isList(inner) : def.type === 'array';
}

function isNever(schema: z.core.$ZodType): boolean {
  const def = defOf(schema);
  return def.type === 'never' || (def.type === 'union' && def.options.every(isNever));
}

function pathOf(part: Binding): Path {
  if (isParam(part)) return part.$param;
  return isRef(part) || isItem(part) ? part.path : [];
}

function withPath(part: Binding, path: Path): Binding {
  if (isParam(part)) return { $param: path };
  return isRef(part) || isItem(part) ? { ...part, path } : part;
}

function nameOf(part: Binding): string {
  if (isRef(part)) return `what "${part.$ref}" puts out`;
  return isItem(part) ? `the item of "${part.$item}"` : 'the params';
}
