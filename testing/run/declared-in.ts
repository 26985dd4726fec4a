import { fileURLToPath } from 'node:url';
import { declarationStack, type PipelineParts } from '../../dsl/pipeline.js';

/** The file in which a pipeline was declared; undefined where the stack does not say. */
export function declaredIn(pipeline: PipelineParts): string | undefined {
  const files = declarationStack(pipeline).split('\n').flatMap(fileOfFrame);
  // The first is Pawl's own.
  return files.find((file) => file !== files[0]);
}

const FRAME = /^\s*at (?:.*? \()?(?:async )?((?:file:\/\/\/?|\/|[A-Za-z]:[\\/]).*?):\d+:\d+\)?$/;

function fileOfFrame(line: string): readonly string[] {
  const place = FRAME.exec(line)?.[1]?.replace(/\?.*$/, '');
  if (place === undefined) return [];
  return [place.startsWith('file:') ? fileURLToPath(place) : place];
}
