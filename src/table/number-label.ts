/** Numbers as R prints them: with 15 significant digits, scientific only where that is shorter. Used for factor levels and column names. */

/** As R's `as.character` of a double: `1e+05`, `0.333333333333333`, `1e-04`. */
export function doubleLabel(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  if (value === 0) return '0';
  const [mantissa, exponentText] = Math.abs(value).toExponential(14).split('e') as [string, string];
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  const exponent = Number(exponentText);
  const exponentDigits = String(Math.abs(exponent)).padStart(2, '0');
  const scientific = `${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${exponent < 0 ? '-' : '+'}${exponentDigits}`;
  // Width of the fixed form: digits before the point, and as many after it as the significant digits ask for.
  const decimals = Math.max(0, digits.length - 1 - exponent);
  const fixedWidth = Math.max(exponent, 0) + 1 + (decimals > 0 ? decimals + 1 : 0);
  const sign = value < 0 ? '-' : '';
  if (fixedWidth > scientific.length) return sign + scientific;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  // Beyond 15 digits R writes out the number it holds, not zeros.
  if (exponent >= 15) return sign + BigInt(Math.round(Math.abs(value))).toString();
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return sign + whole + (decimals > 0 ? `.${digits.slice(exponent + 1)}` : '');
}

/**
 * The level a number becomes in a factor. Integers are written in full, as R does for the integer columns that `read.csv` makes
 * (`100000`, not `1e+05`); other numbers as `doubleLabel`.
 */
export function levelLabel(value: number): string {
  return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : doubleLabel(value);
}
