/** Turning columns into the types a caller asks for: one set of rules for all readers. */
import { DataError, OptionError } from '../errors.js';
import closestName from '../names.js';
import { compareText } from './level-order.js';
import { levelLabel } from './number-label.js';
import { parseBoolean, parseNumber } from './parse-number.js';
import type { Column, FactorColumn, NumericColumn, Table } from './table.js';

export type ColumnType = 'numeric' | 'factor' | 'ordered' | 'string' | 'boolean';

const COLUMN_TYPES: readonly string[] = ['numeric', 'factor', 'ordered', 'string', 'boolean'] satisfies ColumnType[];

/** What a caller says about columns; everything else is inferred. */
export interface TypeOptions {
  /** Type by column name. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** Order of factor levels by column name; makes the column a factor unless `types` says `ordered`. */
  readonly levels?: Readonly<Record<string, readonly string[]>>;
}

/** Type and levels asked for one column; own properties only, so that a column may be called `constructor`. */
export function askedType(name: string, options: TypeOptions): { type: ColumnType | undefined; levels: readonly string[] | undefined } {
  const type = options.types !== undefined && Object.hasOwn(options.types, name) ? options.types[name] : undefined;
  const levels = options.levels !== undefined && Object.hasOwn(options.levels, name) ? options.levels[name] : undefined;
  return { type: type ?? (levels === undefined ? undefined : 'factor'), levels };
}

/** Checks that `types` and `levels` name existing columns, known types and distinct levels. */
export function checkTypeOptions(names: Iterable<string>, options: TypeOptions): void {
  const known = new Set(names);
  for (const [what, record] of [['types', options.types], ['levels', options.levels]] as const) {
    for (const name of Object.keys(record ?? {})) {
      if (!known.has(name)) throw new DataError(`${what} name column '${name}', which the data do not have${closestName(name, known)}`, { column: name });
    }
  }
  for (const [name, type] of Object.entries(options.types ?? {})) {
    if (!COLUMN_TYPES.includes(type)) {
      throw new OptionError(`unknown type '${String(type)}' for column '${name}'; use ${COLUMN_TYPES.join(', ')}${closestName(String(type), COLUMN_TYPES)}`);
    }
  }
  for (const [name, levels] of Object.entries(options.levels ?? {})) {
    if (!isList(levels) || levels.length === 0) throw new OptionError(`levels of column '${name}' must be a list of one or more levels`);
    const type = askedType(name, options).type;
    if (type !== 'factor' && type !== 'ordered') {
      throw new OptionError(`column '${name}' is typed ${type}, but levels were given; type it factor or ordered`);
    }
    const seen = new Set<string>();
    for (const level of levels) {
      if (seen.has(level)) throw new OptionError(`levels of column '${name}' name '${level}' twice; give each level once`);
      seen.add(level);
    }
  }
}

/** Callers of plain JavaScript may pass anything. */
function isList(levels: unknown): levels is readonly string[] {
  return Array.isArray(levels);
}

/** The table with the columns named in `types` and `levels` retyped; other columns are shared with the given table. */
export function retype(table: Table, options: TypeOptions): Table {
  if (options.types === undefined && options.levels === undefined) return table;
  checkTypeOptions(table.columns.keys(), options);
  const columns = new Map<string, Column>();
  for (const [name, column] of table.columns) {
    const { type, levels } = askedType(name, options);
    columns.set(name, type === undefined ? column : retypeColumn(name, column, type, levels));
  }
  return { nrow: table.nrow, columns };
}

/** One column in the type asked for. Throws DataError naming the first row that does not fit. */
export function retypeColumn(name: string, column: Column, type: ColumnType, levels?: readonly string[]): Column {
  switch (type) {
    case 'numeric': return toNumeric(name, column);
    case 'boolean': return toBoolean(name, column);
    case 'string': {
      const labelled = toLabels(column);
      return relevel(labelled, [...labelled.levels].sort(compareText), { source: 'string', ordered: false });
    }
    case 'factor':
    case 'ordered': {
      const labelled = toLabels(column);
      const ordered = type === 'ordered' || (levels === undefined && labelled.ordered);
      if (levels === undefined) {
        const order = labelled.source === 'string' ? [...labelled.levels].sort(compareText) : labelled.levels;
        return relevel(labelled, order, { source: 'factor', ordered });
      }
      return withLevels(name, labelled, levels, type === 'ordered');
    }
    default: return type satisfies never;
  }
}

/** A factor column with the same values and its levels in another order; `order` holds every level that occurs. */
export function relevel(column: FactorColumn, order: readonly string[], kind: Pick<FactorColumn, 'source' | 'ordered'>): FactorColumn {
  const position = new Map(order.map((level, i) => [level, i]));
  const map = Int32Array.from(column.levels, (level) => position.get(level) ?? -1);
  return { kind: 'factor', source: kind.source, ordered: kind.ordered, levels: order, codes: recode(column.codes, map) };
}

/** A number column as a factor: one level per distinct number, in increasing order. */
export function numbersToFactor(values: Float64Array): FactorColumn {
  const codeOf = new Map<string, number>();
  const labels: string[] = [];
  const first: number[] = [];
  const codeOfNumber = new Map<number, number>();
  const codes = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) {
      codes[i] = -1;
      continue;
    }
    let code = codeOfNumber.get(value);
    if (code === undefined) {
      // Numbers that agree in 15 digits share a level, as in R.
      const label = levelLabel(value);
      code = codeOf.get(label);
      if (code === undefined) {
        code = labels.length;
        codeOf.set(label, code);
        labels.push(label);
        first.push(value);
      }
      codeOfNumber.set(value, code);
    }
    codes[i] = code;
  }
  const order = labels.map((_, i) => i).sort((a, b) => (first[a]! < first[b]! ? -1 : 1));
  const map = new Int32Array(order.length);
  order.forEach((from, to) => (map[from] = to));
  return { kind: 'factor', source: 'factor', ordered: false, levels: order.map((i) => labels[i]!), codes: recode(codes, map) };
}

function recode(codes: Int32Array, map: Int32Array): Int32Array {
  const out = new Int32Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    out[i] = code < 0 ? -1 : map[code]!;
  }
  return out;
}

function toLabels(column: Column): FactorColumn {
  return column.kind === 'factor' ? column : numbersToFactor(column.values);
}

function withLevels(name: string, column: FactorColumn, levels: readonly string[], ordered: boolean): FactorColumn {
  const position = new Map(levels.map((level, i) => [level, i]));
  const map = Int32Array.from(column.levels, (label) => {
    const exact = position.get(label);
    if (exact !== undefined) return exact;
    // `1.0` in the file is level `1`.
    const value = parseNumber(label);
    return (value === undefined ? undefined : position.get(levelLabel(value))) ?? -1;
  });
  for (let i = 0; i < column.codes.length; i++) {
    const code = column.codes[i]!;
    if (code >= 0 && map[code]! < 0) {
      const label = column.levels[code]!;
      throw new DataError(
        `column '${name}', row ${i + 1}: value '${label}' is not among the levels given (${summary(levels)}); add it or correct the value${closestName(label, levels)}`,
        { column: name, row: i + 1 },
      );
    }
  }
  return { kind: 'factor', source: 'factor', ordered, levels: [...levels], codes: recode(column.codes, map) };
}

function toNumeric(name: string, column: Column): NumericColumn {
  if (column.kind === 'numeric') return column;
  const numbers = column.levels.map((label, code) => (column.source === 'boolean' ? code : parseNumber(label)));
  const values = new Float64Array(column.codes.length);
  for (let i = 0; i < values.length; i++) {
    const code = column.codes[i]!;
    const value = code < 0 ? NaN : numbers[code];
    if (value === undefined) {
      throw new DataError(`column '${name}', row ${i + 1}: '${column.levels[code]!}' is no number, but the column is typed numeric; correct it, or type the column factor`, { column: name, row: i + 1 });
    }
    values[i] = value;
  }
  return { kind: 'numeric', values };
}

function toBoolean(name: string, column: Column): FactorColumn {
  if (column.kind === 'factor' && column.source === 'boolean') return column;
  const labelled = toLabels(column);
  const map = labelled.levels.map((label) => parseBoolean(label) ?? (label === '1' ? true : label === '0' ? false : undefined));
  const codes = new Int32Array(labelled.codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = labelled.codes[i]!;
    const value = code < 0 ? null : map[code];
    if (value === undefined) {
      throw new DataError(`column '${name}', row ${i + 1}: '${labelled.levels[code]!}' is neither TRUE nor FALSE, but the column is typed boolean`, { column: name, row: i + 1 });
    }
    codes[i] = value === null ? -1 : value ? 1 : 0;
  }
  return { kind: 'factor', source: 'boolean', levels: ['FALSE', 'TRUE'], codes, ordered: false };
}

function summary(levels: readonly string[]): string {
  return levels.length <= 8 ? levels.join(', ') : `${levels.slice(0, 8).join(', ')}, … ${levels.length} in all`;
}
