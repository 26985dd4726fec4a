import { ts } from 'ts-morph';
import { MIXED_REF, mayBeAbsent, OPTIONAL_REF, type StructureValue, structure, type Value } from './value.js';

/**
 * What a parameter's type says about a value: where the author allows a ref to be left out, a function may ask whether
 * it is there.
 */
export function asDeclared(value: Value, parameter: ts.ParameterDeclaration): Value {
  const type = aliased(parameter.type);
  if (value.kind === 'ref')
    return parameter.questionToken || allowsAbsence(type) ? OPTIONAL_REF : asWritten(value, type);
  if (value.kind === 'structure' && type && allowsAbsence(elementType(type))) return withAbsence(value);
  if (value.kind !== 'structure' || !type || !isNamed(type)) return value;
  const members = membersOf(type);
  const parts = [...value.properties].map(([name, part]) => {
    const optional = part.kind === 'ref' && (members === undefined || isOptional(members, name));
    return [name, optional ? OPTIONAL_REF : part] as const;
  });
  return structure(parts, value.rest);
}

/** A function that takes refs and plain values may ask which of them it was given. */
function asWritten(value: Value, type: ts.TypeNode | undefined): Value {
  if (!type) return value;
  const isWire = ts.isTypeReferenceNode(type) && ts.isIdentifier(type.typeName) && type.typeName.text === 'Wire';
  return isWire || ts.isUnionTypeNode(type) ? MIXED_REF : value;
}

/** Of a type that is written as a list. */
function elementType(type: ts.TypeNode): ts.TypeNode | undefined {
  if (ts.isTypeOperatorNode(type)) return elementType(type.type);
  if (ts.isArrayTypeNode(type)) {
    return ts.isParenthesizedTypeNode(type.elementType) ? type.elementType.type : type.elementType;
  }
  const isList = ts.isTypeReferenceNode(type) && /^(Readonly)?Array$/.test(type.typeName.getText());
  return isList ? type.typeArguments?.[0] : undefined;
}

function withAbsence({ properties, rest }: StructureValue): Value {
  return structure(
    [...properties].map(([name, part]) => [name, mayBeAbsent(part)] as const),
    mayBeAbsent(rest),
  );
}

type Members = readonly ts.TypeElement[];

// Lists and tuples have no members by name.
function isNamed(type: ts.TypeNode): boolean {
  return ts.isTypeLiteralNode(type) || ts.isTypeReferenceNode(type) || ts.isIntersectionTypeNode(type);
}

/** Undefined when the members cannot be seen in this file. */
function membersOf(type: ts.TypeNode): Members | undefined {
  if (ts.isTypeLiteralNode(type)) return [...type.members];
  const declared = declarationOf(type);
  return declared && ts.isInterfaceDeclaration(declared) && !declared.heritageClauses
    ? [...declared.members]
    : undefined;
}

function isOptional(members: Members, name: string): boolean {
  const member = members.find((one) => one.name && ts.isIdentifier(one.name) && one.name.text === name);
  if (!member || !ts.isPropertySignature(member)) return true;
  return member.questionToken !== undefined || allowsAbsence(aliased(member.type));
}

function allowsAbsence(type: ts.TypeNode | undefined): boolean {
  return type !== undefined && ts.isUnionTypeNode(type) && type.types.some(isAbsentType);
}

function isAbsentType(type: ts.TypeNode): boolean {
  if (type.kind === ts.SyntaxKind.UndefinedKeyword) return true;
  return ts.isLiteralTypeNode(type) && type.literal.kind === ts.SyntaxKind.NullKeyword;
}

/** The type behind an alias of the same file. */
function aliased(type: ts.TypeNode | undefined): ts.TypeNode | undefined {
  const declared = type && declarationOf(type);
  return declared && ts.isTypeAliasDeclaration(declared) ? declared.type : type;
}

function declarationOf(type: ts.TypeNode): ts.InterfaceDeclaration | ts.TypeAliasDeclaration | undefined {
  if (!ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  const name = type.typeName.text;
  return type
    .getSourceFile()
    .statements.filter((one) => ts.isInterfaceDeclaration(one) || ts.isTypeAliasDeclaration(one))
    .find((one) => one.name.text === name);
}
