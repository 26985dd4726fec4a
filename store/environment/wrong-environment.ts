import { FailureType, PawlError } from '../../plan/failure.js';

/** What belongs to another environment, and which variable named it. */
export interface WrongEnvironment {
  readonly what: string;
  readonly variable: string;
  readonly owner: string;
  readonly environment: string;
}

export function wrongEnvironment({ what, variable, owner, environment }: WrongEnvironment): PawlError {
  return new PawlError(
    FailureType.Conflict,
    `${what} belongs to the environment "${owner}"; this is "${environment}"`,
    {
      hint: `Check ${variable}, or work in the other environment: --env ${owner}. To move it on purpose: pawl doctor --env ${environment} --claim-environment`,
      retryable: false,
    },
  );
}
