import { ts } from 'ts-morph';
import { asDeclared } from './declared-type.js';
import { Env } from './env.js';
import type { Evaluator } from './evaluator.js';
import {
  ABSENT,
  type ClassValue,
  type FunctionValue,
  PLAIN,
  type StructureValue,
  structure,
  type Value,
} from './value.js';

const DEEPEST_INSTANCE = 60;

/** An instance of a class: its fields, and its methods, which know it as `this`. */
export function instanceOf(evaluator: Evaluator, { node, env }: ClassValue, args: readonly Value[]): Value {
  // A class may make another one of itself.
  if (evaluator.depth > DEEPEST_INSTANCE) return PLAIN;
  const instance = structure();
  const inside = new Env(env.module, env);
  inside.declare('this', instance, evaluator.depth);
  inherit(evaluator, node, env, instance);
  for (const member of node.members) addMember(evaluator, member, inside, instance);
  const maker = node.members.find((member) => ts.isConstructorDeclaration(member) && member.body !== undefined);
  if (maker && ts.isConstructorDeclaration(maker)) {
    keepParameters(maker, args, instance);
    evaluator.callFunction({ kind: 'function', node: maker, env: inside }, args);
  }
  // Whatever a method assigns may not have been assigned when another one is called.
  instance.depth = -1;
  return instance;
}

/** A static method; undefined where there is none of this name. */
export function staticMethod({ node, env }: ClassValue, name: string): FunctionValue | undefined {
  const found = node.members.find((member) => isStatic(member) && nameOf(member) === name);
  return found && ts.isMethodDeclaration(found) ? { kind: 'function', node: found, env } : undefined;
}

function inherit(evaluator: Evaluator, node: ts.ClassLikeDeclaration, env: Env, instance: StructureValue): void {
  const base = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types[0];
  const value = base && evaluator.evaluate(base.expression, env);
  if (value?.kind !== 'class' || value.node === node) return;
  const inherited = instanceOf(evaluator, value, []);
  if (inherited.kind !== 'structure') return;
  for (const [name, part] of inherited.properties) instance.properties.set(name, part);
}

function addMember(evaluator: Evaluator, member: ts.ClassElement, inside: Env, instance: StructureValue): void {
  const name = nameOf(member);
  if (name === undefined || isStatic(member)) return;
  if (ts.isMethodDeclaration(member)) {
    if (member.body) instance.properties.set(name, { kind: 'function', node: member, env: inside });
  } else if (ts.isPropertyDeclaration(member) && member.initializer) {
    instance.properties.set(name, evaluator.evaluate(member.initializer, inside));
  }
}

/** `constructor(private readonly data: …)` keeps what it is given. */
function keepParameters(maker: ts.ConstructorDeclaration, args: readonly Value[], instance: StructureValue): void {
  for (const [index, parameter] of maker.parameters.entries()) {
    if (!parameter.modifiers?.length || !ts.isIdentifier(parameter.name)) continue;
    const given = args[index] ?? (parameter.initializer ? PLAIN : ABSENT);
    instance.properties.set(parameter.name.text, asDeclared(given, parameter));
  }
}

function nameOf({ name }: ts.ClassElement): string | undefined {
  return name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name.text : undefined;
}

function isStatic(member: ts.ClassElement): boolean {
  return ts.canHaveModifiers(member) && !!member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.StaticKeyword);
}
