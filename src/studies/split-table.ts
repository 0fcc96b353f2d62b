import { OptionError } from '../errors.js';
import { levelLabel } from '../table/number-label.js';
import { takeRows } from './design-table.js';
import type { Table } from '../table/table.js';

/** The rows of each value of a column as tables of their own, in the order in which the values occur; missing values are left out. */
export function splitTable(table: Table, name: string): { readonly value: string; readonly table: Table }[] {
  const column = table.columns.get(name);
  if (column === undefined) throw new OptionError(`there is no column '${name}' to split by`);
  const parts = new Map<string, number[]>();
  for (let i = 0; i < table.nrow; i++) {
    const missing = column.kind === 'factor' ? column.codes[i]! < 0 : Number.isNaN(column.values[i]!);
    if (missing) continue;
    const value = column.kind === 'factor' ? column.levels[column.codes[i]!]! : levelLabel(column.values[i]!);
    const rows = parts.get(value);
    if (rows === undefined) parts.set(value, [i]);
    else rows.push(i);
  }
  return [...parts].map(([value, rows]) => ({
    value, table: { nrow: rows.length, columns: new Map([...table.columns].map(([other, values]) => [other, takeRows(values, rows)])) },
  }));
}
