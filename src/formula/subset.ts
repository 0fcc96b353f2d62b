/** Which rows a `subset` option keeps. */
import { DataError, OptionError } from '../errors.js';
import type { Table } from '../table/table.js';
import { evaluate } from './evaluate.js';
import type { FrameOptions } from './model-frame.js';
import { parseExpression } from './parse.js';

/** One flag (0 or 1) per row of the table. A condition that is missing in a row leaves it out, as in R. */
export function subsetRows(subset: FrameOptions['subset'], table: Table): Uint8Array {
  const flags = new Uint8Array(table.nrow);
  if (subset === undefined) return flags.fill(1);
  if (typeof subset === 'string') return conditionRows(subset, table, flags);
  if (!Array.isArray(subset)) throw new OptionError('subset must be a condition, one flag per row, or a list of row numbers');
  const entries: readonly unknown[] = subset;
  if (entries.every((entry) => typeof entry === 'boolean') && entries.length > 0) {
    if (entries.length !== table.nrow) throw new OptionError(`subset has ${entries.length} flags, the data have ${table.nrow} rows; give one flag per row`);
    entries.forEach((entry, i) => (flags[i] = entry ? 1 : 0));
    return flags;
  }
  for (const entry of entries) {
    if (!Number.isInteger(entry) || (entry as number) < 0 || (entry as number) >= table.nrow) {
      throw new OptionError(`subset holds ${String(entry)}; row numbers are whole numbers from 0 to ${table.nrow - 1}`);
    }
    flags[entry as number] = 1;
  }
  return flags;
}

function conditionRows(text: string, table: Table, flags: Uint8Array): Uint8Array {
  const expression = parseExpression(text, 'the subset');
  const value = evaluate(expression, { table, text, memory: {}, learning: true });
  if (value.kind === 'scalar' && value.logical) return flags.fill(value.value === 1 ? 1 : 0);
  if (value.kind !== 'logical') throw new DataError(`subset '${text.slice(0, 80)}' is no condition; write one such as period != 4 & size > 3`);
  value.values.forEach((v, i) => (flags[i] = v === 1 ? 1 : 0));
  return flags;
}
