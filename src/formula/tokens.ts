/** Cuts formula text into tokens by R's lexical rules. */
import { FormulaError } from '../errors.js';

export interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'operator' | 'end';
  /** The operator or word as written; the content of a string or of a backquoted name. */
  readonly text: string;
  readonly value: number;
  readonly quoted: boolean;
  readonly start: number;
  readonly end: number;
}

const NUMBER = /(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)L?/y;
const NAME = /(?:[\p{L}]|\.(?![0-9]))[\p{L}\p{N}._]*/uy;
const OPERATOR = /%[^%\n]*%|\*\*|==|!=|<=|>=|&&|\|\||[-+*/^:~|&!<>()=,]/y;
const SPACE = /\s+/y;

const PERCENT_OPERATORS = new Set(['%in%', '%%', '%/%']);

/** Signs that word processors put for those of a formula. */
const LOOKALIKES: readonly (readonly [signs: string, meant: string])[] = [
  ['∼˜～', "'~'"], ['−–—', "'-'"], ['×·∙', "'*' or ':'"], ['“”„‘’‚«»', 'straight quotes'], ['∣│', "'|'"],
];

/** All tokens of the text, ended by one of kind `end`; `noun` names the text in messages. Throws FormulaError at the first character that starts no token. */
export function tokenize(text: string, noun: string): Token[] {
  const tokens: Token[] = [];
  const push = (kind: Token['kind'], start: number, end: number, content: string, value = NaN, quoted = false) => {
    tokens.push({ kind, text: content, value, quoted, start, end });
  };
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const space = match(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const character = text[at]!;
    if (character === '"' || character === "'" || character === '`') {
      const { content, end } = quotedText(text, at, noun);
      push(character === '`' ? 'name' : 'string', at, end, content, NaN, true);
      at = end;
      continue;
    }
    const number = match(NUMBER);
    if (number !== undefined) {
      push('number', at, at + number.length, number, Number(number.replace(/L$/, '')));
      at += number.length;
      continue;
    }
    const name = match(NAME);
    if (name !== undefined) {
      push('name', at, at + name.length, name);
      at += name.length;
      continue;
    }
    const operator = match(OPERATOR);
    if (operator === undefined || (operator.startsWith('%') && !PERCENT_OPERATORS.has(operator))) {
      const shown = operator ?? String.fromCodePoint(text.codePointAt(at)!);
      const meant = LOOKALIKES.find(([signs]) => signs.includes(shown))?.[1];
      throw new FormulaError(
        `unexpected '${shown.slice(0, 40)}' at character ${at + 1} of ${noun}; ${meant === undefined ? 'put unusual column names in backquotes' : `write ${meant}`}`, text, at,
      );
    }
    push('operator', at, at + operator.length, operator === '**' ? '^' : operator);
    at += operator.length;
  }
  push('end', text.length, text.length, '');
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

function quotedText(text: string, start: number, noun: string): { content: string; end: number } {
  const quote = text[start]!;
  let content = '';
  for (let i = start + 1; i < text.length; i++) {
    const character = text[i]!;
    if (character === quote) {
      if (quote === '`' && content === '') throw new FormulaError(`empty name at character ${start + 1} of ${noun}; write a column name between the backquotes`, text, start);
      return { content, end: i + 1 };
    }
    if (character === '\\' && i + 1 < text.length) {
      i++;
      content += ESCAPES[text[i]!] ?? text[i]!;
    } else content += character;
  }
  throw new FormulaError(`the quote ${quote} at character ${start + 1} of ${noun} is not closed; add the closing ${quote}`, text, start);
}
