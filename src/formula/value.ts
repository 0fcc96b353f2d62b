/** What expressions over columns evaluate to. */
import { DataError } from '../errors.js';
import { parseNumber } from '../table/parse-number.js';
import { numbersToFactor } from '../table/retype.js';
import type { FactorColumn } from '../table/table.js';
import { deparse } from './deparse.js';
import type { Expression } from './expression.js';

/** Vectors are as long as the table; NaN (−1 in codes) is missing. */
export type Value =
  | { readonly kind: 'numeric'; readonly values: Float64Array }
  /** 0, 1 or NaN. */
  | { readonly kind: 'logical'; readonly values: Float64Array }
  | FactorColumn
  | { readonly kind: 'matrix'; readonly columns: readonly Float64Array[]; readonly names: readonly string[] }
  | { readonly kind: 'scalar'; readonly value: number; readonly logical: boolean }
  /** A string constant or the elements of `c(…)`. */
  | { readonly kind: 'list'; readonly items: readonly (number | string)[] };

/** Numbers to compute with: a vector, or one number for all rows. */
export type Operand = Float64Array | number;

/** A value as numbers; throws DataError for text. */
export function operand(value: Value, node: Expression): Operand {
  switch (value.kind) {
    case 'numeric': case 'logical': return value.values;
    case 'scalar': return value.value;
    case 'factor': throw textError(value, node);
    case 'matrix': throw new DataError(`'${deparse(node)}' has ${value.columns.length} columns where one is needed; use it as a term of its own`);
    case 'list':
      throw new DataError(`'${deparse(node)}' stands where numbers are needed; use a column or one number`);
    default: return value satisfies never;
  }
}

function textError(column: FactorColumn, node: Expression): DataError {
  const row = firstText(column);
  const name = node.kind === 'name' ? node.name : deparse(node);
  const shown = row < 0 ? '' : `, for example '${column.levels[column.codes[row]!]!}' in row ${row + 1}`;
  return new DataError(
    `'${name}' holds text${shown}, where numbers are needed; correct the value, or use the column as a term of its own`, row < 0 ? { column: name } : { column: name, row: row + 1 },
  );
}

/** The first row whose value is no number, which is what the reader of a message must see; else the first with a value, −1 without any. */
export function firstText(column: FactorColumn): number {
  const isText = column.levels.map((level) => parseNumber(level) === undefined);
  const text = column.codes.findIndex((code) => code >= 0 && isText[code]!);
  return text >= 0 ? text : column.codes.findIndex((code) => code >= 0);
}

/** The values as numbers, one per row. */
export function vector(value: Value, node: Expression, nrow: number): Float64Array {
  const numbers = operand(value, node);
  return typeof numbers === 'number' ? new Float64Array(nrow).fill(numbers) : numbers;
}

/** A value as a factor: numbers get one level each, logicals FALSE and TRUE. */
export function factorOf(value: Value, node: Expression, nrow: number): FactorColumn {
  if (value.kind === 'factor') return value;
  const values = vector(value, node, nrow);
  if (value.kind === 'logical') {
    return { kind: 'factor', source: 'boolean', ordered: false, levels: ['FALSE', 'TRUE'], codes: Int32Array.from(values, (v) => (v === v ? v : -1)) };
  }
  return numbersToFactor(values);
}

export function logical(values: Float64Array): Value {
  return { kind: 'logical', values };
}

/** Applies a function of two numbers row by row; two constants give a constant. */
export function combine(a: Operand, b: Operand, f: (x: number, y: number) => number): Operand {
  if (typeof a === 'number') {
    if (typeof b === 'number') return f(a, b);
    const out = new Float64Array(b.length);
    for (let i = 0; i < out.length; i++) out[i] = f(a, b[i]!);
    return out;
  }
  const out = new Float64Array(a.length);
  if (typeof b === 'number') for (let i = 0; i < out.length; i++) out[i] = f(a[i]!, b);
  else for (let i = 0; i < out.length; i++) out[i] = f(a[i]!, b[i]!);
  return out;
}

export function apply(a: Operand, f: (x: number) => number): Operand {
  return typeof a === 'number' ? f(a) : a.map(f);
}

/** An operand back as a value. */
export function asValue(result: Operand, isLogical: boolean): Value {
  if (typeof result === 'number') return { kind: 'scalar', value: result, logical: isLogical };
  return { kind: isLogical ? 'logical' : 'numeric', values: result };
}
