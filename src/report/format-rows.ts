/** Rows of results as a text table: whatever columns they have. */
import type { CsvRow } from './csv-text.js';
import { formatNumbers, formatPValues } from './format-numbers.js';
import { textTable } from './text-table.js';

/**
 * One line per row: texts to the left, numbers to the right with so many significant digits of the smallest, columns called `p_…` as
 * p-values, missing numbers empty. Columns without a single value are left out.
 * @param headers words for the names of columns
 */
export function formatRows(rows: readonly CsvRow[], headers: Readonly<Record<string, string>> = {}, digits = 4): string {
  const [first] = rows;
  if (first === undefined) return 'Nothing to show.';
  const isMissing = (value: CsvRow[string] | undefined): boolean => value === null || Number.isNaN(value);
  return textTable(Object.keys(first).filter((name) => !rows.every((row) => isMissing(row[name]))).map((name) => {
    const values = rows.map((row) => row[name]!);
    const header = headers[name] ?? name;
    if (values.some((value) => typeof value === 'string' || typeof value === 'boolean')) return { header, cells: values.map((value) => String(value ?? '')), align: 'left' as const };
    const numbers = values.map((value) => (value as number | null) ?? NaN);
    const whole = numbers.every((value) => Number.isNaN(value) || Number.isInteger(value));
    const cells = whole ? numbers.map(String) : name.startsWith('p_') ? formatPValues(numbers) : formatNumbers(numbers, digits);
    return { header, cells: cells.map((cell, i) => (Number.isNaN(numbers[i]!) ? '' : cell)), align: 'right' as const };
  })).join('\n');
}
