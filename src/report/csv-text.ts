/** Tables for other programs: CSV with numbers in full precision. */

/** A row of a table; all rows of one have the same keys. */
export type CsvRow = Readonly<Record<string, string | number | boolean | null>>;

function csvCell(value: string | number | boolean | null): string {
  if (value === null) return 'NA';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NA' : value > 0 ? 'Inf' : '-Inf';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180 CSV with a header line; missing values are `NA`, infinite ones `Inf` and `-Inf`. Empty without rows. */
export function csvText(rows: readonly CsvRow[]): string {
  const [first] = rows;
  if (first === undefined) return '';
  const names = Object.keys(first);
  return `${[names.map(csvCell).join(','), ...rows.map((row) => names.map((name) => csvCell(row[name]!)).join(','))].join('\n')}\n`;
}

/** Columns of equal length as rows for `csvText`. */
export function rowsOfColumns(columns: Readonly<Record<string, ArrayLike<number | string | null>>>): CsvRow[] {
  const names = Object.keys(columns);
  return Array.from({ length: columns[names[0]!]?.length ?? 0 }, (_, i) => Object.fromEntries(names.map((name) => [name, columns[name]![i]!])));
}
