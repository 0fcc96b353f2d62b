/** Typical values of the columns that the fixed effects are made of: what a reference grid consists of. */
import type { Table } from '../table/table.js';
import type { MatrixRecipe } from './model-matrix.js';
import { inputs } from './variables.js';

/** One column of the table. Plain data. */
export type ReferenceValue =
  /** A covariate, with its mean and range over the rows used. */
  | { readonly name: string; readonly kind: 'covariate'; readonly mean: number; readonly low: number; readonly high: number }
  /** A factor: its levels that occur, in order; of numbers that the formula makes a factor of, the numbers. */
  | { readonly name: string; readonly kind: 'factor'; readonly levels: readonly string[] | readonly number[]; readonly source: 'string' | 'boolean' | 'factor' | 'numeric' };

/** Values of each column once, in the order in which the formula mentions them. */
export function referenceValues(recipe: MatrixRecipe, table: Table, rows: Int32Array): ReferenceValue[] {
  const asFactor = new Set(recipe.variables.flatMap(({ expression, factor }) => (factor === null ? [] : inputs(expression))));
  const names = new Set(recipe.variables.flatMap(({ expression }) => inputs(expression)));
  return [...names].flatMap((name): ReferenceValue[] => {
    const column = name === null ? undefined : table.columns.get(name);
    if (name === null || column === undefined) return [];
    if (column.kind === 'factor') {
      const used = new Set(Array.from(rows, (row) => column.codes[row]!));
      return [{ name, kind: 'factor', levels: column.levels.filter((_, code) => used.has(code)), source: column.source }];
    }
    const values = Float64Array.from(rows, (row) => column.values[row]!);
    if (asFactor.has(name)) return [{ name, kind: 'factor', levels: [...new Set(values)].sort((a, b) => a - b), source: 'numeric' }];
    return [{
      name, kind: 'covariate', mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      low: values.reduce((least, value) => Math.min(least, value), Infinity), high: values.reduce((most, value) => Math.max(most, value), -Infinity),
    }];
  });
}
