import { ts } from 'ts-morph';
import { DiagnosticCode, type Finding } from './diagnostic.js';
import { placeOf, type SourceIndex } from './source-index.js';

const PATH_PROPERTIES = new Set(['url', 'dirname', 'filename']);

/** Finds code that asks where its own file is: in a code bundle it is elsewhere. */
export function checkPaths(index: SourceIndex): readonly Finding[] {
  const findings: Finding[] = [];
  const visit = (node: ts.Node): void => {
    if (asksForOwnPath(node)) findings.push(ownPath(node));
    ts.forEachChild(node, visit);
  };
  for (const module of index.modules.values()) if (!module.data) visit(module.tree);
  return findings;
}

function asksForOwnPath(node: ts.Node): boolean {
  return (
    ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression) && PATH_PROPERTIES.has(node.name.text)
  );
}

function ownPath(node: ts.Node): Finding {
  return {
    code: DiagnosticCode.BundlePath,
    severity: 'warning',
    message: `\`${node.getText()}\` is the place of the code bundle in a worker, not of this file`,
    hint: 'Take the path from a parameter or the environment, or import the data as JSON.',
    place: placeOf(node),
  };
}
