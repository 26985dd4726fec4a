/**
 * Import this where a step starts a process of its own: children then run the TypeScript sources, as the test does,
 * instead of compiled files that may be old.
 */
const loader = new URL('./typescript-loader.mjs', import.meta.url).href;
process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import ${loader}`.trim();
