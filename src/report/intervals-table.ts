/** Interval rows for other programs: CSV and JSON, numbers in full precision. */
import type { IntervalRow } from '../fit/types.js';

const COLUMNS = ['parameter', 'kind', 'estimate', 'bias', 'std_error', 'level', 'conf_low', 'conf_high', 'replicates'] as const satisfies readonly (keyof IntervalRow)[];

function csvCell(value: string | number): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NA' : value > 0 ? 'Inf' : '-Inf';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** RFC 4180 CSV with a header line; numbers that are not finite are `NA`, `Inf`, `-Inf`. */
export function intervalsCsv(rows: readonly IntervalRow[]): string {
  return `${[COLUMNS.join(','), ...rows.map((row) => COLUMNS.map((column) => csvCell(row[column])).join(','))].join('\n')}\n`;
}

/** A value as JSON text ending in a newline; numbers that are not finite become `null`, typed arrays become arrays. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, (_key, item: unknown) => (ArrayBuffer.isView(item) ? Array.from(item as Float64Array) : item), 2)}\n`;
}
