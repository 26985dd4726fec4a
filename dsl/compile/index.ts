export type { CodeBundle } from './bundle.js';
export { type BundleHeader, readBundleHeader } from './bundle-header.js';
export { type CompiledPipeline, type CompileOptions, type CompileResult, compilePipeline } from './compile.js';
export { type Diagnostic, DiagnosticCode } from './diagnostic.js';
export { type FormatOptions, formatDiagnostics } from './format.js';
