/** Shorter texts cannot be told apart from others. In characters. */
export const SHORTEST_SECRET = 4;
/** A line of a secret with several lines counts by itself from here on: errors and logs often show one of them. */
const SHORTEST_LINE = 20;

/** Every text in which a secret is recognised, the longest first: itself, its lines, and how JSON and URLs write them. */
export function formsOf(text: string): readonly string[] {
  const parts = [text, text.trim(), ...linesOf(text)].filter((part) => part.length >= SHORTEST_SECRET);
  return longestFirst(parts.flatMap((part) => [part, inJson(part), inUrl(part), inForm(part), inUserInfo(part)]));
}

/** Each once. */
export function longestFirst(forms: readonly string[]): readonly string[] {
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

/** How a text stands in JSON, without the quotes around it. */
export function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  // The first and last lines of a PEM file are the same for everyone.
  const own = lines.filter((line) => line.length >= SHORTEST_LINE && !line.startsWith('-----'));
  return lines.length > 1 ? own : [];
}

function inUrl(text: string): string {
  return encodeURIComponent(text);
}

/** As a web form is sent: spaces are `+`, and more is escaped. */
function inForm(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

/** As the password of a URL, which escapes less. */
function inUserInfo(text: string): string {
  const url = new URL('http://user@host');
  url.password = text;
  return url.password;
}
