/** One thing that was looked at. `ok: null` means: works, with a limitation. */
export interface Finding {
  readonly name: string;
  readonly ok: boolean | null;
  readonly detail: string;
  readonly remedy: string | null;
}

export const fine = (name: string, detail: string): Finding => ({ name, ok: true, detail, remedy: null });
