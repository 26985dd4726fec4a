/** Two files away from the step that uses it. */
export const factor = (): number => 10;
