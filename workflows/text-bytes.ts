/** How many bytes a text has in UTF-8, which is what servers count. A lone half of a surrogate pair counts as three. */
export function bytesOf(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    // The two halves of a pair are two characters of JavaScript's and four bytes.
    if ((text.codePointAt(at) ?? 0) > 0xffff) at += 1;
    bytes += code < 0x800 ? 1 : 2;
  }
  return bytes;
}

/** As many whole characters as fit, and a sign that there were more. */
export function clip(text: string, bytes: number): string {
  if (bytesOf(text) <= bytes) return text;
  let kept = '';
  let left = bytes;
  for (const character of text) {
    left -= bytesOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The first texts, as many as fit. */
export function fitting(texts: readonly string[], bytes: number): readonly string[] {
  let left = bytes;
  const firstTooMuch = texts.findIndex((text) => {
    left -= bytesOf(text) + 1;
    return left < 0;
  });
  return firstTooMuch < 0 ? texts : texts.slice(0, firstTooMuch);
}

/** A text that stays inside of its line, and of its cell in a table. */
export function oneLine(text: string, bytes = 100): string {
  return clip(text.replaceAll(/\s+/g, ' ').replaceAll('|', '/'), bytes);
}
