import { FailureType, PawlError } from '../../../plan/failure.js';

/** Something in a row schema that SQL cannot check. */
export interface RowSchemaProblem {
  /** `(row)` for what concerns the row as a whole. */
  readonly column: string;
  /** A sentence that names the column. */
  readonly message: string;
  /** What to write instead. */
  readonly hint: string;
}

/** A row schema that is no contract, with all the reasons. */
export class RowSchemaError extends PawlError {
  constructor(readonly problems: readonly RowSchemaProblem[]) {
    super(FailureType.InvalidPlan, problems.map(({ message }) => message).join('; '), {
      hint: problems[0]?.hint ?? '',
      retryable: false,
    });
  }
}

/** Something in a row schema that SQL cannot check. */
export function refusal(column: string, what: string, advice: string): RowSchemaError {
  return new RowSchemaError([{ column, message: `column "${column}": ${what}`, hint: advice }]);
}

/**
 * Reads all parts of a schema, those after a bad one too.
 * @throws RowSchemaError with the problems of all parts.
 */
export function readAll<Part, Read>(parts: readonly Part[], read: (part: Part) => Read): Read[] {
  const problems: RowSchemaProblem[] = [];
  const all = parts.flatMap((part) => {
    try {
      return [read(part)];
    } catch (error) {
      if (!(error instanceof RowSchemaError)) throw error;
      problems.push(...error.problems);
      return [];
    }
  });
  if (problems.length > 0) throw new RowSchemaError(problems);
  return all;
}
