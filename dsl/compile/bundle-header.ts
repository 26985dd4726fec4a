import { z } from 'zod';
import { FailureType, PawlError } from '../../plan/failure.js';

const MARK = '// pawl-bundle ';
const headerSchema = z.object({ packages: z.record(z.string(), z.string()) });

/** What a code bundle says about itself in its first line. */
export interface BundleHeader {
  /** Version of each npm package the bundle imports, by package name. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Puts the header in front of a bundle's code. */
export function writeBundleHeader(header: BundleHeader, code: string): string {
  const names = Object.keys(header.packages).sort();
  const packages = Object.fromEntries(names.map((name) => [name, header.packages[name]]));
  return `${MARK}${JSON.stringify({ packages })}\n${code}`;
}

/**
 * Reads the header of a code bundle, so that its packages can be checked before it is imported.
 * @throws PawlError `CodeMissing` when the code is no Pawl bundle.
 */
export function readBundleHeader(code: string): BundleHeader {
  const line = code.slice(0, Math.max(0, code.indexOf('\n')));
  const parsed = line.startsWith(MARK) ? headerSchema.safeParse(parseJson(line.slice(MARK.length))) : undefined;
  if (parsed?.success) return parsed.data;
  throw new PawlError(FailureType.CodeMissing, 'the file is not a code bundle of Pawl', {
    hint: 'Publish the pipeline again.',
    retryable: false,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
