/** Columns from values held in memory: arrays, typed arrays, rows. */
import { checkOptionNames, inWords } from '../check-arguments.js';
import { DataError } from '../errors.js';
import { compareText } from './level-order.js';
import { levelLabel } from './number-label.js';
import { type ColumnType, type TypeOptions, askedType, checkTypeOptions, relevel, retype, retypeColumn } from './retype.js';
import type { Column, FactorColumn, Table } from './table.js';

export type CellValue = number | string | boolean | bigint | Date | null | undefined;

/** One column as a caller may hand it over. `null`, `undefined` and `NaN` are missing. */
export type ColumnInput = Column | ArrayLike<CellValue> | BigInt64Array | BigUint64Array;

/**
 * Anything `toTable` takes: a table; rows as objects, in an array or whatever gives them one by one (a generator, tables of Arrow libraries and of
 * arquero); columns by name.
 */
export type TableInput =
  | Table
  | Iterable<object>
  | Readonly<Record<string, ColumnInput>>
  | ReadonlyMap<string, ColumnInput>;

/**
 * A table from columns of equal length, in the order of the record's keys (a `Map` keeps any order and any name). Numbers and typed arrays
 * become numeric columns, strings and booleans categorical ones, dates days since 1970-01-01; integers beyond 2^53 become a factor, for as
 * numbers some of them would coincide.
 * Throws DataError for unequal lengths, mixed types and values that are no cells.
 */
export function fromColumns(input: Readonly<Record<string, ColumnInput>> | ReadonlyMap<string, ColumnInput>, options: TypeOptions = {}): Table {
  const entries = isMap(input) ? [...input] : Object.entries(input);
  if (entries.length === 0) throw new DataError('the data have no columns');
  checkTypeOptions(entries.map(([name]) => name), options);
  const columns = new Map<string, Column>();
  let nrow: number | undefined;
  for (const [name, values] of entries) {
    if (name === '') throw new DataError('a column has an empty name; name it');
    const column = toColumn(name, values, options);
    const length = columnLength(column);
    if (nrow !== undefined && length !== nrow) {
      throw new DataError(`column '${name}' has ${length} values, the columns before it have ${nrow}; all columns need the same length`, { column: name });
    }
    nrow = length;
    columns.set(name, column);
  }
  if (nrow === undefined || nrow === 0) throw new DataError('the data have no rows');
  return { nrow, columns };
}

function isMap(input: Readonly<Record<string, ColumnInput>> | ReadonlyMap<string, ColumnInput>): input is ReadonlyMap<string, ColumnInput> {
  return input instanceof Map;
}

/** A table from rows; the columns are all keys that occur, in order of first occurrence, and a key that a row lacks is missing there. */
export function fromRows(rows: readonly object[], options: TypeOptions = {}): Table {
  if (rows.length === 0) throw new DataError('the data have no rows');
  const values = new Map<string, CellValue[]>();
  rows.forEach((row, i) => {
    if (typeof row !== 'object' || row === null) throw new DataError(`row ${i + 1} is ${inWords(row)}; rows must be objects`, { row: i + 1 });
    for (const key of Object.keys(row)) {
      let column = values.get(key);
      if (column === undefined) {
        column = new Array<CellValue>(rows.length).fill(null);
        values.set(key, column);
      }
      column[i] = row[key as keyof typeof row];
    }
  });
  return fromColumns(values, options);
}

/** What the library entry points accept, as a table. */
export function toTable(data: TableInput, options: TypeOptions = {}): Table {
  checkOptionNames(options, { types: true, levels: true } satisfies Record<keyof TypeOptions, true>, 'toTable');
  if (typeof data !== 'object' || data === null) throw new DataError(`the data are ${inWords(data)}; give a table, rows or columns`);
  if (data instanceof Promise) throw new DataError('the data are a promise; await it first');
  if (isTable(data)) return retype(data, options);
  if (!(data instanceof Map) && Symbol.iterator in data) return fromRows([...data as Iterable<object>], options);
  return fromColumns(data as Record<string, ColumnInput>, options);
}

function isTable(data: object): data is Table {
  return 'nrow' in data && typeof data.nrow === 'number' && 'columns' in data && data.columns instanceof Map;
}

function columnLength(column: Column): number {
  return column.kind === 'numeric' ? column.values.length : column.codes.length;
}

function toColumn(name: string, input: ColumnInput, options: TypeOptions): Column {
  const { type, levels } = askedType(name, options);
  const column = isColumn(input) ? input : columnFromValues(name, input, type);
  return type === undefined ? column : retypeColumn(name, column, type, levels);
}

function isColumn(input: ColumnInput): input is Column {
  if (typeof input !== 'object' || input === null || !('kind' in input)) return false;
  return (input.kind === 'numeric' && input.values instanceof Float64Array) || (input.kind === 'factor' && input.codes instanceof Int32Array);
}

/** Infers one column from its values; `type` only decides how a mixture of numbers and texts is read. */
function columnFromValues(name: string, values: ArrayLike<unknown>, type?: ColumnType): Column {
  if (typeof values !== 'object' || values === null || typeof values.length !== 'number') {
    throw new DataError(`column '${name}' is ${inWords(values)}; give an array of values`, { column: name });
  }
  if (values instanceof Float64Array) return { kind: 'numeric', values };
  if (ArrayBuffer.isView(values) && !(values instanceof BigInt64Array) && !(values instanceof BigUint64Array)) {
    return { kind: 'numeric', values: Float64Array.from(values as ArrayLike<number>) };
  }
  const kind = kindOfValues(name, values, type);
  switch (kind) {
    case 'missing': return { kind: 'numeric', values: new Float64Array(values.length).fill(NaN) };
    case 'number': return { kind: 'numeric', values: numbers(values) };
    case 'boolean': return { ...encode(values, (value) => (value === true ? 'TRUE' : 'FALSE'), ['FALSE', 'TRUE']), source: 'boolean' };
    case 'integer': {
      const raw = encode(values, (value) => String(value), []);
      const order = [...raw.levels].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
      return relevel(raw, order, { source: 'factor', ordered: false });
    }
    case 'text': {
      const raw = encode(values, (value) => (typeof value === 'number' ? levelLabel(value) : typeof value === 'boolean' ? (value ? 'TRUE' : 'FALSE') : String(value)), []);
      return relevel(raw, [...raw.levels].sort(compareText), { source: 'string', ordered: false });
    }
    default: return kind satisfies never;
  }
}

/** `integer`: whole numbers some of which a double cannot hold. */
type ValueKind = 'missing' | 'number' | 'boolean' | 'text' | 'integer';

function kindOfValues(name: string, values: ArrayLike<unknown>, type: ColumnType | undefined): ValueKind {
  let kind: ValueKind = 'missing';
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value === null || value === undefined) continue;
    const here = kindOfValue(value);
    if (here === undefined) {
      throw new DataError(`column '${name}', row ${i + 1} holds ${inWords(value)}; cells are numbers, text, true or false, or null`, { column: name, row: i + 1 });
    }
    if (kind === here || kind === 'missing') kind = here;
    else if ((kind === 'integer' && here === 'number') || (kind === 'number' && here === 'integer')) kind = 'integer';
    else if (type === 'string' || type === 'factor' || type === 'ordered' || type === 'numeric' || type === 'boolean') kind = 'text';
    else {
      throw new DataError(`column '${name}' mixes ${NOUN[kind]} and ${NOUN[here]} (row ${i + 1}); use null for missing values or give the column a type`, { column: name, row: i + 1 });
    }
  }
  if (kind === 'integer' && Array.prototype.some.call(values, (value) => typeof value === 'number' && !Number.isInteger(value))) return 'number';
  return kind;
}

const NOUN: Readonly<Record<ValueKind, string>> = { missing: 'nothing', number: 'numbers', integer: 'numbers', boolean: 'logicals', text: 'text' };

function kindOfValue(value: unknown): ValueKind | undefined {
  switch (typeof value) {
    case 'number': return 'number';
    case 'string': return 'text';
    case 'boolean': return 'boolean';
    case 'bigint': return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? 'number' : 'integer';
    default: return value instanceof Date ? 'number' : undefined;
  }
}

const MS_PER_DAY = 86_400_000;

function numbers(values: ArrayLike<unknown>): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < out.length; i++) {
    const value = values[i];
    out[i] = typeof value === 'number' ? value
      : value === null || value === undefined ? NaN
        : value instanceof Date ? value.getTime() / MS_PER_DAY : Number(value);
  }
  return out;
}

function encode(values: ArrayLike<unknown>, label: (value: unknown) => string, start: readonly string[]): FactorColumn {
  const levels = [...start];
  const codeOf = new Map(levels.map((level, i) => [level, i]));
  const codes = new Int32Array(values.length);
  for (let i = 0; i < codes.length; i++) {
    const value = values[i];
    if (value === null || value === undefined || value !== value) {
      codes[i] = -1;
      continue;
    }
    const text = label(value);
    let code = codeOf.get(text);
    if (code === undefined) {
      code = levels.length;
      levels.push(text);
      codeOf.set(text, code);
    }
    codes[i] = code;
  }
  return { kind: 'factor', source: 'string', ordered: false, levels, codes };
}
