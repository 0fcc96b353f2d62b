/**
 * The table every reader produces: named columns of equal length. Plain data, structured-cloneable.
 */

/** Numbers; a missing value is NaN. */
export interface NumericColumn {
  readonly kind: 'numeric';
  readonly values: Float64Array;
}

/**
 * A categorical column: `codes[i]` is an index into `levels`, −1 where the value is missing.
 * `source` tells what the data held (R turns strings and logicals into factors only when a model needs them).
 */
export interface FactorColumn {
  readonly kind: 'factor';
  readonly source: 'string' | 'boolean' | 'factor';
  readonly levels: readonly string[];
  readonly codes: Int32Array;
  readonly ordered: boolean;
}

export type Column = NumericColumn | FactorColumn;

/** Columns of equal length by name, in order. */
export interface Table {
  readonly nrow: number;
  /** Column names in file order; a `Map` so that a column may be called `__proto__`. */
  readonly columns: ReadonlyMap<string, Column>;
}
