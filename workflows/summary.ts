/** The server refuses summaries over 400 bytes, and with them everything else a workflow task answers. In characters. */
const MAX_LENGTH = 130;

/** A text that Temporal shows beside an event. */
export function summaryOf(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH - 1)}…`;
}
