/**
 * Numbers as R prints them, because readers of mixed-model output know that look: the numbers of a column share their decimals, just as
 * many as the number that needs most of them has in `digits` significant digits, and scientific notation is used only where it is shorter.
 */

/** Digits and exponent of one number rounded to `digits` significant digits, trailing zeros dropped. */
interface Shape {
  readonly exponent: number;
  readonly significant: number;
  readonly negative: boolean;
}

function shapeOf(value: number, digits: number): Shape {
  if (value === 0) return { exponent: 0, significant: 1, negative: false };
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential(digits - 1).split('e');
  const significant = mantissa.replace('.', '').replace(/0+$/, '').length;
  return { exponent: Number(exponent), significant: Math.max(1, significant), negative: value < 0 };
}

function special(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? 'Inf' : '-Inf';
}

function scientific(value: number, decimals: number): string {
  const [mantissa = '', exponent = '+0'] = value.toExponential(decimals).split('e');
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`;
}

/**
 * One column of numbers in a common notation, not padded.
 *
 * @param values the numbers; NaN and infinite ones become `NaN`, `Inf`, `-Inf` and do not influence the others
 * @param digits significant digits (1 to 21) that the number needing most decimals is shown with
 */
export function formatNumbers(values: ArrayLike<number>, digits: number): string[] {
  const list = Array.from(values);
  let decimals = 0;
  let integerWidth = 1;
  let mantissaDigits = 1;
  let exponentWidth = 2;
  let sign = 0;
  for (const value of list) {
    if (!Number.isFinite(value)) continue;
    const { exponent, significant, negative } = shapeOf(value, digits);
    decimals = Math.max(decimals, significant - exponent - 1);
    integerWidth = Math.max(integerWidth, (negative ? 1 : 0) + Math.max(1, exponent + 1));
    mantissaDigits = Math.max(mantissaDigits, significant);
    exponentWidth = Math.max(exponentWidth, String(Math.abs(exponent)).length);
    if (negative) sign = 1;
  }
  const fixedWidth = integerWidth + (decimals > 0 ? decimals + 1 : 0);
  const scientificWidth = sign + mantissaDigits + (mantissaDigits > 1 ? 1 : 0) + 2 + exponentWidth;
  // toFixed accepts at most 100 decimals; a column that needs more is always shorter in scientific notation.
  const fixed = fixedWidth <= scientificWidth && decimals <= 100;
  return list.map((value) => {
    if (!Number.isFinite(value)) return special(value);
    return fixed ? unsignedZero(value.toFixed(decimals)) : scientific(value, mantissaDigits - 1);
  });
}

/** `-0.00` reads as a mistake. */
function unsignedZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** One number with a fixed number of decimals; `NaN`, `Inf`, `-Inf` otherwise. */
export function formatFixed(value: number, decimals: number): string {
  return Number.isFinite(value) ? unsignedZero(value.toFixed(decimals)) : special(value);
}

/** Rounds to a number of decimals, the step R takes before it prints a coefficient table. */
export function roundTo(value: number, decimals: number): number {
  return Number.isFinite(value) ? Number(value.toFixed(Math.min(100, decimals))) : value;
}

/**
 * Columns that share decimals because they share units, such as estimates with their standard errors and limits.
 *
 * @param columns the columns to print
 * @param leading how many of the columns decide: the number nearest zero among them is shown with `digits` significant digits
 */
export function formatTogether(columns: readonly (readonly number[])[], leading: number, digits: number): string[][] {
  const sizes = columns.slice(0, leading).flat().map(Math.abs).filter((size) => Number.isFinite(size) && size > 0);
  const smallestExponent = sizes.length === 0 ? 0 : 1 + Math.floor(Math.log10(Math.min(...sizes)));
  const decimals = Math.max(1, digits - smallestExponent);
  const rounded = columns.map((column) => column.map((value) => roundTo(value, decimals)));
  const texts = formatNumbers(rounded.flat(), digits);
  let start = 0;
  return columns.map((column) => texts.slice(start, (start += column.length)));
}

/** Smallest p-value that is printed as a number: the spacing of float64 at 1. */
const P_EPSILON = Number.EPSILON;

/** p-values with 3 significant digits: those from 0.0001 up share decimals, smaller ones are scientific, tiny ones `<2e-16`. */
export function formatPValues(values: ArrayLike<number>): string[] {
  const digits = 3;
  const list = Array.from(values);
  const result = list.map((value): string => (Number.isNaN(value) ? 'NaN' : ''));
  const fill = (belongs: (value: number) => boolean): void => {
    const at = list.flatMap((value, i) => (!Number.isNaN(value) && value >= P_EPSILON && belongs(value) ? [i] : []));
    const texts = formatNumbers(at.map((i) => list[i]!), digits);
    at.forEach((i, j) => { result[i] = texts[j]!; });
  };
  fill((value) => value >= 1e-4);
  fill((value) => value < 1e-4);
  const widest = result.reduce((width, text) => Math.max(width, text.length), 0);
  const tiny = widest > '<2e-16'.length ? '< 2e-16' : '<2e-16';
  return result.map((text) => (text === '' ? tiny : text));
}

/** Stars for a p-value: `***` below 0.001, `**` 0.01, `*` 0.05, `.` 0.1. */
export function significanceStars(p: number): string {
  if (p < 0.001) return '***';
  if (p < 0.01) return '**';
  if (p < 0.05) return '*';
  if (p < 0.1) return '.';
  return '';
}

/** A count with thousands separated by commas, the same everywhere whatever the reader's locale. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A duration in the two largest fitting units: `0.42 s`, `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return 'unknown';
  if (seconds < 10) return `${seconds.toPrecision(2)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}
