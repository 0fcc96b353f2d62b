/** Text to numbers and logicals by the rules of R's `type.convert`, with more spellings of logicals. */

const INFINITE = /^\s*[+-]?inf(inity)?\s*$/i;

/** True for an empty field, one of blanks only, and `NA`. */
export function isMissingText(text: string): boolean {
  if (text === '' || text === 'NA') return true;
  const first = text.charCodeAt(0);
  // Only text that starts with a blank (no-break spaces lie beyond ASCII) can still be missing after trimming, or `NA` followed by blanks.
  if (first > 32 && first < 128 && first !== 78 /* N */) return false;
  const trimmed = text.trim();
  return trimmed === '' || trimmed === 'NA';
}

/** The number a text stands for (`NaN` for `NaN`), or undefined when it is no number. The text must not be missing. */
export function parseNumber(text: string): number | undefined {
  const value = +text;
  if (value === value) {
    // JavaScript also reads binary and octal numbers, R does not.
    return text.length > 2 && /^\s*0[bo]/i.test(text) ? undefined : value;
  }
  if (INFINITE.test(text)) return text.trim().startsWith('-') ? -Infinity : Infinity;
  return /^\s*[+-]?nan\s*$/i.test(text) ? NaN : undefined;
}

/** `TRUE`, `T`, `FALSE`, `F` as R reads them, and `true`, `True` and so on, which other programs write. */
export function parseBoolean(text: string): boolean | undefined {
  switch (text.trim()) {
    case 'TRUE': case 'T': case 'true': case 'True': return true;
    case 'FALSE': case 'F': case 'false': case 'False': return false;
    default: return undefined;
  }
}
