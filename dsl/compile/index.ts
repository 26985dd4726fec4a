export type { CodeBundle } from './bundle.js';
export { type BundleHeader, readBundleHeader } from './bundle-header.js';
export { checkEdgeSchema, type EdgeProblem, type EdgeSide } from './check-edge-schema.js';
export { type CompiledPipeline, type CompileOptions, type CompileResult, compilePipeline } from './compile.js';
export { type Diagnostic, DiagnosticCode } from './diagnostic.js';
export { explainStep, type StepExplanation } from './explain.js';
export { type FormatOptions, formatDiagnostics } from './format.js';
export { toMermaid } from './output/mermaid.js';
