import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { declarationFile } from './packages.js';
import { docOf, readModule, type SourceModule } from './source-index.js';

/** Documentation of what packages export, read from the types they ship. */
export class PackageDocs {
  private readonly modules = new Map<string, SourceModule>();

  constructor(private readonly root: string) {}

  /** TSDoc of an export of a package; empty when there is none. */
  of(specifier: string, name: string): string {
    const file = declarationFile(specifier, this.root);
    return (file !== undefined && this.find(file, name, new Set())) || '';
  }

  private find(file: string, name: string, seen: Set<string>): string | undefined {
    if (seen.has(`${file}#${name}`) || !existsSync(file)) return undefined;
    seen.add(`${file}#${name}`);
    const module = this.read(file);
    const exported = module.exported.get(name) ?? name;
    if (typeof exported !== 'string') return this.find(beside(file, exported.specifier), exported.name, seen);
    const node = module.declarations.get(exported);
    if (node) return docOf(node);
    const imported = module.imported.get(exported);
    if (imported) return this.find(beside(file, imported.specifier), imported.name, seen);
    for (const specifier of module.reexported) {
      const found = this.find(beside(file, specifier), name, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private read(file: string): SourceModule {
    const module = this.modules.get(file) ?? readModule(file, new Map());
    this.modules.set(file, module);
    return module;
  }
}

/** The types of a module that another one imports: `./x.js` is typed by `./x.d.ts`. */
function beside(file: string, specifier: string): string {
  return join(dirname(file), specifier.replace(/\.(m|c)?js$/, '.d.$1ts'));
}
