import { factor } from './reuse-far.js';

export const scale = (n: number): number => n * factor();
