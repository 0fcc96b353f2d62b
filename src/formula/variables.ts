/** The variables of one model: each expression is evaluated once over the whole table, then cut to the rows the model uses. */
import { DataError } from '../errors.js';
import type { Table } from '../table/table.js';
import { deparse } from './deparse.js';
import { type Scope, evaluate } from './evaluate.js';
import type { Expression } from './expression.js';
import { compress } from './grouping.js';
import { type VariableData, variableData } from './model-matrix.js';

interface Entry {
  readonly label: string;
  readonly expression: Expression;
  readonly data: VariableData;
}

export class Variables {
  readonly #scope: Scope;
  readonly #entries = new Map<string, Entry>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /**
   * Evaluates an expression unless it was before; a grouping factor is a factor whatever its column holds.
   * @param scope where the expression was written, for messages
   */
  add(expression: Expression, asFactor = false, scope = this.#scope): void {
    const key = keyOf(expression, asFactor);
    if (this.#entries.has(key)) return;
    const data = variableData(evaluate(expression, scope), expression, scope, asFactor);
    this.#entries.set(key, { label: deparse(expression), expression, data });
  }

  /** Adds numbers that come from outside the table, such as weights. */
  addNumbers(key: string, values: Float64Array): void {
    this.#entries.set(key, { label: key, expression: { kind: 'name', name: key, start: 0, end: 0 }, data: { kind: 'numeric', columns: [values], suffixes: [''] } });
  }

  /**
   * Flags (1) the rows among `wanted` in which no variable is missing. Throws DataError when an expression of present values is not a
   * number, or a value that would be used is infinite.
   */
  completeRows(wanted: Uint8Array): Uint8Array {
    const complete = wanted.slice();
    for (const { data } of this.#entries.values()) {
      if (data.kind === 'factor') {
        data.column.codes.forEach((code, i) => {
          if (code < 0) complete[i] = 0;
        });
      } else {
        for (const values of data.columns) for (let i = 0; i < values.length; i++) if (values[i] !== values[i]) complete[i] = 0;
      }
    }
    for (const entry of this.#entries.values()) this.#checkNumbers(entry, wanted, complete);
    return complete;
  }

  /** Label of the first variable that is missing in a row. */
  missingIn(row: number): string | undefined {
    for (const { label, data } of this.#entries.values()) {
      if (data.kind === 'factor' ? data.column.codes[row]! < 0 : data.columns.some((values) => Number.isNaN(values[row]))) return label.trim();
    }
    return undefined;
  }

  #checkNumbers({ label, expression, data }: Entry, wanted: Uint8Array, complete: Uint8Array): void {
    if (data.kind === 'factor') return;
    const names = inputs(expression);
    for (const values of data.columns) {
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        if (complete[i] === 1 && (value === Infinity || value === -Infinity)) {
          throw new DataError(`'${label}' is infinite in row ${i + 1}; correct the value or leave the row out`, { column: label, row: i + 1 });
        }
        if (value !== value && wanted[i] === 1 && expression.kind !== 'name' && !this.#explained(names, i)) {
          throw new DataError(`'${label}' is not a number in row ${i + 1}, though nothing it is made of is missing; correct the values or leave the row out`, { column: label, row: i + 1 });
        }
      }
    }
  }

  /** Whether a result may be missing in a row: an input is, or the expression says NA itself. */
  #explained(names: readonly (string | null)[], row: number): boolean {
    return names.some((name) => name === null || isMissing(this.#scope.table, name, row));
  }

  /** Names of the columns that the expressions use. */
  columns(): string[] {
    return [...this.#entries.values()].flatMap(({ expression }) => inputs(expression)).filter((name) => name !== null);
  }

  /** A variable on the given rows; levels that do not occur there are dropped (logicals keep both). */
  onRows(expression: Expression, rows: Int32Array, asFactor = false): VariableData {
    return cut(this.#entries.get(keyOf(expression, asFactor))!.data, rows);
  }

  /** All levels of a factor, those that no row used has among them; null for numbers. */
  declaredLevels(expression: Expression): readonly string[] | null {
    const { data } = this.#entries.get(keyOf(expression, false))!;
    return data.kind === 'factor' ? data.column.levels : null;
  }

  numbersOnRows(key: string, rows: Int32Array): Float64Array {
    const data = cut(this.#entries.get(key)!.data, rows);
    return data.kind === 'numeric' ? data.columns[0]! : Float64Array.from(data.column.codes);
  }
}

/** The two readings of one expression are two entries; no label starts with a line end. */
function keyOf(expression: Expression, asFactor: boolean): string {
  return asFactor ? `\n${deparse(expression)}` : deparse(expression);
}

function cut(data: VariableData, rows: Int32Array): VariableData {
  if (data.kind === 'numeric') return { ...data, columns: data.columns.map((values) => takeRows(values, rows)) };
  const codes = takeRows(data.column.codes, rows);
  if (data.column.source === 'boolean') return { kind: 'factor', column: { ...data.column, codes } };
  const { index, levels } = compress({ codes, levels: data.column.levels });
  return { kind: 'factor', column: { ...data.column, codes: index, levels } };
}

/** The values at the given rows; shared, not copied, when these are all rows. */
export function takeRows<T extends Float64Array | Int32Array | Uint8Array>(values: T, rows: Int32Array): T {
  if (rows.length === values.length) return values;
  const out = new (values.constructor as new (length: number) => T)(rows.length);
  for (let i = 0; i < rows.length; i++) out[i] = values[rows[i]!]!;
  return out;
}

/** Names of the columns an expression uses; null stands for a literal NA. */
export function inputs(node: Expression): (string | null)[] {
  switch (node.kind) {
    case 'name': return [node.name];
    case 'logical': return node.value === null ? [null] : [];
    case 'number': case 'string': return [];
    case 'call': return node.args.flatMap((arg) => inputs(arg.value));
    case 'paren': return inputs(node.inner);
    case 'negate': case 'plus': case 'not': return inputs(node.operand);
    case 'sum': return node.items.flatMap((item) => inputs(item.value));
    case 'binary': return [...inputs(node.left), ...inputs(node.right)];
    default: return node satisfies never;
  }
}

function isMissing(table: Table, name: string, row: number): boolean {
  const column = table.columns.get(name);
  if (column === undefined) return false;
  return column.kind === 'numeric' ? Number.isNaN(column.values[row]!) : column.codes[row]! < 0;
}
