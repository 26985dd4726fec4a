import { ts } from 'ts-morph';

/** The property of a param in the schema that is written in a pipeline's declaration; undefined when it is elsewhere. */
export function paramNode(declaration: ts.Node, name: string): ts.Node | undefined {
  const call = pipelineCall(declaration);
  const schema = call && property(call.arguments[1], 'params');
  const initializer = schema && ts.isPropertyAssignment(schema) ? schema.initializer : undefined;
  // The shape is the argument of z.object, whatever is called on its result.
  for (let at: ts.Node | undefined = initializer; at; at = calleeOwner(at)) {
    const shape = ts.isCallExpression(at) ? at.arguments[0] : undefined;
    const found = property(shape, name);
    if (found) return found;
  }
  return undefined;
}

/** The text of the TSDoc comment of a property. */
export function docOfProperty(node: ts.Node): string {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1)?.comment;
  return (ts.getTextOfJSDocComment(comment) ?? '').trim();
}

function pipelineCall(declaration: ts.Node): ts.CallExpression | undefined {
  const value = ts.isExportAssignment(declaration)
    ? declaration.expression
    : ts.isVariableDeclaration(declaration)
      ? declaration.initializer
      : undefined;
  return value && ts.isCallExpression(value) ? value : undefined;
}

function property(object: ts.Node | undefined, name: string): ts.ObjectLiteralElementLike | undefined {
  if (!object || !ts.isObjectLiteralExpression(object)) return undefined;
  return object.properties.find((one) => one.name && ts.isIdentifier(one.name) && one.name.text === name);
}

function calleeOwner(node: ts.Node): ts.Node | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  return node.expression.expression;
}
