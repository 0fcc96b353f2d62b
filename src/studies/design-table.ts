/** Tables for designs that nobody has observed yet: crossings of factors from a line of text, and more of an existing table. */
import { checkArgument, checkText } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import { inputs } from '../formula/variables.js';
import { parseFormula } from '../formula/parse.js';
import type { FamilyName } from '../model/design.js';
import closestName from '../names.js';
import type { Column, FactorColumn, NumericColumn, Table } from '../table/table.js';

/** Most rows a design may have. */
const MOST_ROWS = 10_000_000;

/**
 * A table from the crossing of what the text lists, separated by semicolons; the last varies fastest.
 * - `herd[15]`: a factor with the levels 1 … 15;
 * - `period = a|b|c`: a factor with these levels;
 * - `visit = 0:4`: the numbers 0, 1, 2, 3, 4; `size = 10`: the number 10;
 * - `arm = a|b per herd`: not crossed, but dealt to the levels of `herd` in turn.
 * @throws OptionError for text that cannot be read.
 * @example crossedTable('herd[30]; period = 1|2|3|4; size = 12; arm = control|treated per herd')
 */
export function crossedTable(text: string): Table {
  checkText('crossedTable', text, 'a design');
  const items = text.split(';').map((item) => item.trim()).filter((item) => item !== '').map(parseItem);
  if (items.length === 0) throw new OptionError("a design lists its variables, e.g. 'herd[15]; period = 1|2|3|4; size = 10'");
  const names = items.map(({ name }) => name);
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated !== undefined) throw new OptionError(`the design names '${repeated}' twice`);
  const crossed = items.filter(({ per }) => per === null);
  const nrow = crossed.reduce((product, { length }) => product * length, 1);
  if (nrow > MOST_ROWS) throw new OptionError(`the design has ${nrow} rows; at most ${MOST_ROWS} can be fitted`);
  const positions = new Map<string, Int32Array>();
  let repeat = nrow;
  for (const { name, length } of crossed) {
    repeat /= length;
    const every = repeat;
    positions.set(name, Int32Array.from({ length: nrow }, (_, i) => Math.floor(i / every) % length));
  }
  const columns = new Map<string, Column>();
  for (const { name, length, per, column } of items) {
    const own = per === null ? positions.get(name)! : positions.get(per)?.map((position) => position % length);
    if (own === undefined) throw new OptionError(`'${name}' is dealt to '${per!}', which is no crossed variable of the design${closestName(per!, positions.keys())}`);
    columns.set(name, column(own));
  }
  return { nrow, columns };
}

interface Item {
  readonly name: string;
  /** Number of different values. */
  readonly length: number;
  readonly per: string | null;
  readonly column: (positions: Int32Array) => Column;
}

function parseItem(text: string): Item {
  const counted = /^(\S+)\[(\d+)\]$/.exec(text);
  if (counted !== null && Number(counted[2]) > 0) return factorItem(counted[1]!, Array.from({ length: Number(counted[2]) }, (_, i) => String(i + 1)), null);
  const given = /^(\S+)\s*=\s*(.+?)(?:\s+per\s+(\S+))?$/.exec(text);
  if (given === null) throw new OptionError(`'${text}' is no variable of a design; write name[levels], name = a|b, name = 0:4 or name = 10`);
  const [name, values, per] = [given[1]!, given[2]!, given[3] ?? null];
  if (values.includes('|')) return factorItem(name, values.split('|').map((level) => level.trim()), per);
  const range = /^(-?\d+):(-?\d+)$/.exec(values);
  const numbers = range === null ? [values.trim() === '' ? NaN : Number(values)] : Array.from({ length: Math.abs(Number(range[2]) - Number(range[1])) + 1 }, (_, i) => Number(range[1]) + (Number(range[2]) < Number(range[1]) ? -i : i));
  if (!numbers.every(Number.isFinite)) throw new OptionError(`'${values}' of '${name}' is neither levels (a|b), a range (0:4) nor a number`);
  return { name, per, length: numbers.length, column: (positions) => ({ kind: 'numeric', values: Float64Array.from(positions, (position) => numbers[position]!) }) };
}

function factorItem(name: string, levels: string[], per: string | null): Item {
  if (new Set(levels).size < levels.length || levels.includes('')) throw new OptionError(`the levels of '${name}' must be different and not empty`);
  return { name, per, length: levels.length, column: (positions) => ({ kind: 'factor', source: 'factor', levels, codes: positions, ordered: false }) };
}

/**
 * The table with `n` levels of a factor, or values of a number: the first n, or the existing ones again under new names (numbers go on in
 * their last step). Factors nested in it, each of whose levels belongs to one of its levels, get new levels as well.
 * @throws DataError for a column that is not there, OptionError for n < 1.
 */
export function extendAlong(table: Table, name: string, n: number): Table {
  checkArgument('extendAlong', table, ['columns'], 'a table', 'toTable makes one');
  checkText('extendAlong', name, 'the name of a column');
  checkSize(n, name);
  const column = columnOf(table, name);
  const { codes, labels } = column.kind === 'factor' ? usedLevels(column) : numberCodes(column);
  const m = labels.length;
  const rowsOf = Array.from({ length: m }, (): number[] => []);
  codes.forEach((code, i) => { if (code >= 0) rowsOf[code]!.push(i); });
  const rows: number[] = [];
  const unit: number[] = [];
  for (let k = 0; k < n; k++) {
    for (const row of rowsOf[k % m]!) {
      rows.push(row);
      unit.push(k);
    }
  }
  const copyOf = (k: number): number => Math.floor(k / m);
  const columns = new Map<string, Column>();
  for (const [other, values] of table.columns) {
    if (other === name) columns.set(other, alongColumn(column, labels, n, unit));
    else if (values.kind === 'factor' && nestedIn(values, codes, m)) columns.set(other, renewedLevels(values, rows, unit.map(copyOf)));
    else columns.set(other, takeRows(values, rows));
  }
  return { nrow: rows.length, columns };
}

/**
 * The table with `n` rows for each combination of the values of some columns: the first n, or the existing ones again.
 * @throws DataError for a column that is not there, OptionError for n < 1.
 */
export function extendWithin(table: Table, names: readonly string[], n: number): Table {
  checkArgument('extendWithin', table, ['columns'], 'a table', 'toTable makes one');
  checkArgument('extendWithin', names, ['join'], 'the names of columns', 'for example [name, name]');
  checkSize(n, names.join('+'));
  const keys = names.map((name) => columnOf(table, name));
  const cells = new Map<string, number[]>();
  for (let i = 0; i < table.nrow; i++) {
    const key = keys.map((column) => (column.kind === 'factor' ? column.codes[i] : column.values[i])).join(' ');
    const rows = cells.get(key);
    if (rows === undefined) cells.set(key, [i]);
    else rows.push(i);
  }
  const rows = [...cells.values()].flatMap((own) => Array.from({ length: n }, (_, k) => own[k % own.length]!));
  return { nrow: rows.length, columns: new Map([...table.columns].map(([name, column]) => [name, takeRows(column, rows)])) };
}

/**
 * The table with a column for each variable of the formula's response that it lacks, of values that the family allows: a design is known
 * before its response is.
 */
export function withPlaceholderResponse(table: Table, formula: string, family: FamilyName): Table {
  const missing = inputs(parseFormula(formula).response).filter((name): name is string => name !== null && !table.columns.has(name));
  if (missing.length === 0) return table;
  const columns = new Map(table.columns);
  const [low, high] = PLACEHOLDERS[family] ?? [0, 1];
  for (const name of missing) columns.set(name, { kind: 'numeric', values: Float64Array.from({ length: table.nrow }, (_, i) => (i % 2 === 0 ? low : high)) });
  return { nrow: table.nrow, columns };
}

/** Two values each of families that do not take 0 and 1. */
const PLACEHOLDERS: Partial<Record<FamilyName, readonly [number, number]>> = {
  Gamma: [1, 2], 'inverse.gaussian': [1, 2], beta: [0.25, 0.75], truncated_poisson: [1, 2], truncated_nbinom1: [1, 2], truncated_nbinom2: [1, 2],
};

function checkSize(n: number, what: string): void {
  if (!Number.isSafeInteger(n) || n < 1) throw new OptionError(`the new size of '${what}' must be a positive integer, not ${n}`);
}

function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name);
  if (column === undefined) throw new DataError(`there is no column '${name}' to extend${closestName(name, table.columns.keys())}`, { column: name });
  return column;
}

/** Codes and labels of the levels that occur. */
function usedLevels({ levels, codes }: FactorColumn): { codes: Int32Array; labels: string[] } {
  const used = levels.map((_, code) => codes.includes(code));
  const place = used.map((_, code) => used.slice(0, code).filter(Boolean).length);
  return { codes: codes.map((code) => (code < 0 ? -1 : place[code]!)), labels: levels.filter((_, code) => used[code]) };
}

function numberCodes({ values }: NumericColumn): { codes: Int32Array; labels: number[] } {
  const labels = [...new Set(values)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  const place = new Map(labels.map((value, code) => [value, code]));
  return { codes: Int32Array.from(values, (value) => place.get(value) ?? -1), labels };
}

function alongColumn(column: Column, labels: readonly (string | number)[], n: number, unit: readonly number[]): Column {
  const m = labels.length;
  if (column.kind === 'factor') {
    const levels = Array.from({ length: n }, (_, k) => (k < m ? String(labels[k]) : `${labels[k % m]!}.${Math.floor(k / m) + 1}`));
    return { kind: 'factor', source: column.source, levels, codes: Int32Array.from(unit), ordered: column.ordered };
  }
  const step = m > 1 ? (labels[m - 1] as number) - (labels[m - 2] as number) : 1;
  return { kind: 'numeric', values: Float64Array.from(unit, (k) => (k < m ? (labels[k] as number) : (labels[m - 1] as number) + (k - m + 1) * step)) };
}

/** Whether a factor has more levels than the extended column and each belongs to one of its values. */
function nestedIn({ levels, codes }: FactorColumn, outer: Int32Array, outerCount: number): boolean {
  const owner = new Int32Array(levels.length).fill(-1);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    if (code < 0 || outer[i]! < 0) continue;
    if (owner[code] !== -1 && owner[code] !== outer[i]) return false;
    owner[code] = outer[i]!;
  }
  return owner.filter((value) => value !== -1).length > outerCount;
}

/** Rows of a factor, with levels of their own for the second copy, the third … */
function renewedLevels({ levels, codes, source, ordered }: FactorColumn, rows: readonly number[], copies: readonly number[]): FactorColumn {
  const all = [...levels];
  const made = new Map<string, number>();
  const own = rows.map((row, i) => {
    const code = codes[row]!;
    if (code < 0 || copies[i] === 0) return code;
    const name = `${levels[code]!}.${copies[i]! + 1}`;
    let next = made.get(name);
    if (next === undefined) {
      next = all.push(name) - 1;
      made.set(name, next);
    }
    return next;
  });
  return { kind: 'factor', source, ordered, levels: all, codes: Int32Array.from(own) };
}

/** Some rows of a column. */
export function takeRows(column: Column, rows: readonly number[]): Column {
  return column.kind === 'factor'
    ? { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) }
    : { kind: 'numeric', values: Float64Array.from(rows, (row) => column.values[row]!) };
}
