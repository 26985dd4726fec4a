/** Writes a project with many distinct steps; see `generate-project.mjs`. */
export function generateProject(
  folder: string,
  options: { readonly steps: number; readonly shape?: 'chain' | 'fan'; readonly name?: string },
): Promise<{ readonly pipeline: string; readonly stepFiles: readonly string[] }>;
