/**
 * Regular expressions that mean the same in JavaScript and in DuckDB, whose engine is RE2. Both run on code points, so
 * JavaScript's `u` flag is always on.
 */

/** A pattern that DuckDB can run, or the reason why it cannot. */
export type Translation = { readonly re2: string } | { readonly problem: string };

// What `\s` means in JavaScript; RE2 knows only the ASCII part.
const SPACES =
  '\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}';
const NOT_LINE_END = '[^\\n\\r\\x{2028}\\x{2029}]';
const MOST_REPEATS = 1000;

/** Translates a JavaScript pattern. Flags `i`, `s`, `u` and `d` are understood. */
export function translatePattern(source: string, flags: string): Translation {
  const foreign = [...flags].find((flag) => !'isud'.includes(flag));
  if (foreign) return { problem: `the flag "${foreign}" has no equivalent in SQL` };
  try {
    new RegExp(source, `u${keptFlags(flags)}`);
  } catch (error) {
    return { problem: `it is not valid with the flag "u" (${error instanceof Error ? error.message : error})` };
  }
  const translator = new Translator(source, flags.includes('s'));
  const re2 = translator.translate();
  if (translator.problem) return { problem: translator.problem };
  return { re2: flags.includes('i') ? `(?i)${re2}` : re2 };
}

/** The flags that change what matches. */
export function keptFlags(flags: string): string {
  return [...'is'].filter((flag) => flags.includes(flag)).join('');
}

/** The pattern as JavaScript runs it. */
export function regexOf(source: string, flags: string): RegExp {
  return new RegExp(source, `${keptFlags(flags)}u`);
}

/** Walks a pattern that is known to be valid in Unicode mode, token by token. */
class Translator {
  problem: string | undefined;
  private at = 0;
  private inClass = false;

  constructor(
    private readonly source: string,
    private readonly dotAll: boolean,
  ) {}

  translate(): string {
    let out = '';
    while (this.at < this.source.length && !this.problem) out += this.next();
    return out;
  }

  private next(): string {
    const char = this.take(String.fromCodePoint(this.source.codePointAt(this.at)!).length);
    if (char === '\\') return this.escape();
    if (this.inClass) return this.insideClass(char);
    if (char === '[') return this.openClass();
    if (char === '(') return this.openGroup();
    if (char === '{') return this.repeat();
    if (char === '.') return this.dotAll ? '(?s:.)' : NOT_LINE_END;
    return literalOf(char);
  }

  private take(length: number): string {
    const text = this.source.slice(this.at, this.at + length);
    this.at += length;
    return text;
  }

  private refuse(problem: string): string {
    this.problem = problem;
    return '';
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.source.slice(this.at));
    if (found) this.at += found[0].length;
    return found;
  }

  private insideClass(char: string): string {
    if (char === ']') this.inClass = false;
    if (char === '[') return '\\[';
    return char === ']' || char === '-' ? char : literalOf(char);
  }

  private openClass(): string {
    const negated = this.match(/^\^/) ? '^' : '';
    if (this.source[this.at] === ']') return this.refuse('an empty class cannot be written in SQL');
    this.inClass = true;
    return `[${negated}`;
  }

  private openGroup(): string {
    if (this.match(/^\?<[^=!>]+>/)) return '(?:';
    if (this.match(/^\?:/)) return '(?:';
    if (this.source[this.at] !== '?') return '(?:';
    if (/^\?<?[=!]/.test(this.source.slice(this.at)))
      return this.refuse('look-ahead and look-behind do not exist in SQL');
    return this.refuse('groups with flags are not supported');
  }

  private repeat(): string {
    const [text, low, high] = this.match(/^(\d+)(?:,(\d*))?\}/) ?? [];
    if (text === undefined) return this.refuse('a brace stands alone');
    if (Math.max(Number(low), Number(high || 0)) > MOST_REPEATS) {
      return this.refuse(`SQL repeats a part at most ${MOST_REPEATS} times`);
    }
    return `{${text}`;
  }

  private escape(): string {
    if (!this.inClass && this.match(/^([1-9]|k<)/)) return this.refuse('back-references do not exist in SQL');
    const point = this.codePoint();
    if (point !== undefined) return point;
    const char = this.take(1);
    if (char === 's') return this.inClass ? SPACES : `[${SPACES}]`;
    if (char === 'S') return this.inClass ? this.refuse('\\S inside a class is not supported') : `[^${SPACES}]`;
    if (char === 'w' || char === 'W' || char === 'd' || char === 'D') return `\\${char}`;
    if (char === 'p' || char === 'P') return this.property(char);
    if (char === 'b') return this.inClass ? '\\x08' : '\\b';
    if ('Btnvfr'.includes(char)) return `\\${char}`;
    if (char === '0') return '\\x00';
    if (char === 'c') return this.refuse('\\c is not supported');
    return literalOf(char, true);
  }

  /** `\u{1f600}`, `\ud83d\ude00`, `\u00e4` and `\xe4`. */
  private codePoint(): string | undefined {
    const braces = this.match(/^u\{([0-9a-fA-F]+)\}/)?.[1];
    const pair = braces ? null : this.match(/^u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})/);
    if (pair) return `\\x{${String.fromCharCode(hex(pair[1]!), hex(pair[2]!)).codePointAt(0)!.toString(16)}}`;
    const digits =
      braces ??
      this.match(/^(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/)
        ?.slice(1)
        .find(Boolean);
    if (digits === undefined) return undefined;
    const point = hex(digits);
    if (point >= 0xd800 && point <= 0xdfff) return this.refuse('half a surrogate pair matches nothing in SQL');
    return `\\x{${point.toString(16)}}`;
  }

  private property(char: 'p' | 'P'): string {
    const name = this.match(/^\{([^}]+)\}/)?.[1] ?? '';
    if (/^(C|L|M|N|P|S|Z)[a-z]?$/.test(name) && name !== 'LC' && name !== 'Cn') return `\\${char}{${name}}`;
    return this.refuse(`the property \\${char}{${name}} is not supported; general categories such as \\p{Lu} are`);
  }
}

function hex(digits: string): number {
  return Number.parseInt(digits, 16);
}

/** A character as it stands; one that was escaped, or that RE2 could misread, gets a backslash. */
function literalOf(char: string, escaped = false): string {
  if (!escaped) return char;
  return /[\\^$.*+?()[\]{}|/-]/.test(char) ? (char === '/' ? '/' : `\\${char}`) : char;
}
