/** Interval rows for other programs: CSV and JSON, numbers in full precision. */
import type { IntervalRow } from '../fit/types.js';
import { csvText } from './csv-text.js';

const COLUMNS = ['parameter', 'kind', 'estimate', 'bias', 'std_error', 'level', 'conf_low', 'conf_high', 'mc_error_low', 'mc_error_high', 'replicates'] as const satisfies readonly (keyof IntervalRow)[];

/** Interval rows as CSV. */
export function intervalsCsv(rows: readonly IntervalRow[]): string {
  return rows.length === 0 ? `${COLUMNS.join(',')}\n` : csvText(rows.map((row) => Object.fromEntries(COLUMNS.map((column) => [column, row[column]]))));
}

/** A value as JSON text ending in a newline; numbers that are not finite become `null`, typed arrays become arrays. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, (_key, item: unknown) => (ArrayBuffer.isView(item) ? Array.from(item as Float64Array) : item), 2)}\n`;
}
