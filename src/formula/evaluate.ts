/** Evaluates expressions over the columns of a table, with R's meaning of operators and missing values. */
import { DataError, FormulaError } from '../errors.js';
import closestName from '../names.js';
import { levelLabel } from '../table/number-label.js';
import type { FactorColumn, Table } from '../table/table.js';
import { deparse } from './deparse.js';
import type { Expression } from './expression.js';
import { FUNCTIONS } from './functions.js';
import { type Operand, type Value, apply, asValue, combine, operand } from './value.js';

/**
 * What an expression learnt from the data it was first evaluated on (means of `scale`, recurrences of `poly` …), by deparsed call,
 * so that it means the same on new data. Plain data.
 */
export type Memory = Record<string, readonly (number | string)[]>;

export interface Scope {
  readonly table: Table;
  /** Text the expressions come from, for error messages. */
  readonly text: string;
  readonly memory: Memory;
  /** Whether `memory` is being filled (first data) or used (new data). */
  readonly learning: boolean;
}

/** Throws DataError for unknown columns and unfit values, FormulaError for unknown functions and wrong arguments. */
export function evaluate(node: Expression, scope: Scope): Value {
  switch (node.kind) {
    case 'number': return { kind: 'scalar', value: node.value, logical: false };
    case 'string': return { kind: 'list', items: [node.value] };
    case 'logical': return { kind: 'scalar', value: node.value === null ? NaN : node.value ? 1 : 0, logical: true };
    case 'name': return columnValue(node.name, scope);
    case 'paren': return evaluate(node.inner, scope);
    case 'plus': return asValue(operand(evaluate(node.operand, scope), node.operand), false);
    case 'negate': return asValue(apply(operand(evaluate(node.operand, scope), node.operand), (x) => -x), false);
    case 'not': return asValue(apply(operand(evaluate(node.operand, scope), node.operand), not), true);
    case 'sum': {
      let total: Operand = operand(evaluate(node.items[0]!.value, scope), node.items[0]!.value);
      for (const { sign, value } of node.items.slice(1)) {
        total = combine(total, operand(evaluate(value, scope), value), sign === '+' ? (x, y) => x + y : (x, y) => x - y);
      }
      return asValue(total, false);
    }
    case 'binary': return binary(node, scope);
    case 'call': {
      const call = FUNCTIONS.get(node.callee);
      if (call === undefined) {
        throw new FormulaError(
          `unknown function '${node.callee}' at character ${node.start + 1}${closestName(node.callee, FUNCTIONS.keys()) || `; use one of ${[...FUNCTIONS.keys()].join(', ')}`}`,
          scope.text, node.start,
        );
      }
      return call(node, scope);
    }
    default: return node satisfies never;
  }
}

function columnValue(name: string, scope: Scope): Value {
  const column = scope.table.columns.get(name);
  if (column !== undefined) {
    if (column.kind === 'numeric') return column;
    return column.source === 'boolean' ? { kind: 'logical', values: Float64Array.from(column.codes, (code) => (code < 0 ? NaN : code)) } : column;
  }
  switch (name) {
    case 'T': return { kind: 'scalar', value: 1, logical: true };
    case 'F': return { kind: 'scalar', value: 0, logical: true };
    case 'pi': return { kind: 'scalar', value: Math.PI, logical: false };
  }
  throw unknownColumn(name, scope.table);
}

function unknownColumn(name: string, table: Table): DataError {
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  const names = [...table.columns.keys()];
  const list = names.length <= 12 ? names.join(', ') : `${names.slice(0, 12).join(', ')}, …`;
  return new DataError(`the data have no column '${shown}'${closestName(name, names) || `; the columns are ${list}`}`, { column: name });
}

/** Three-valued logic: NaN is "unknown". */
function not(x: number): number {
  return x !== x ? NaN : x === 0 ? 1 : 0;
}

function and(x: number, y: number): number {
  if (x === 0 || y === 0) return 0;
  return x !== x || y !== y ? NaN : 1;
}

function or(x: number, y: number): number {
  if ((x === x && x !== 0) || (y === y && y !== 0)) return 1;
  return x !== x || y !== y ? NaN : 0;
}

/** R's `%%`: the result has the sign of the divisor. */
function modulo(x: number, y: number): number {
  return x - Math.floor(x / y) * y;
}

type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

function compare(operator: Comparison): (x: number, y: number) => number {
  const test: (x: number, y: number) => boolean = {
    '==': (x: number, y: number) => x === y,
    '!=': (x: number, y: number) => x !== y,
    '<': (x: number, y: number) => x < y,
    '<=': (x: number, y: number) => x <= y,
    '>': (x: number, y: number) => x > y,
    '>=': (x: number, y: number) => x >= y,
  }[operator];
  return (x, y) => (x !== x || y !== y ? NaN : test(x, y) ? 1 : 0);
}

function binary(node: Extract<Expression, { kind: 'binary' }>, scope: Scope): Value {
  const { operator } = node;
  const left = evaluate(node.left, scope);
  const right = evaluate(node.right, scope);
  const numbers = (isLogical: boolean, f: (x: number, y: number) => number) => asValue(combine(operand(left, node.left), operand(right, node.right), f), isLogical);
  switch (operator) {
    case '*': return numbers(false, (x, y) => x * y);
    case '/': return numbers(false, (x, y) => x / y);
    case '^': return numbers(false, (x, y) => x ** y);
    case '%%': return numbers(false, modulo);
    case '%/%': return numbers(false, (x, y) => Math.floor(x / y));
    case '&': case '&&': return numbers(true, and);
    case '|': case '||': return numbers(true, or);
    case '%in%': return membership(left, right, node, scope);
    case ':': {
      // Outside formulas a:b of two whole numbers is the sequence between them, as in `%in% 1:3`.
      if (left.kind === 'scalar' && right.kind === 'scalar') return sequence(left.value, right.value, node, scope);
      throw new FormulaError(`':' at character ${node.start + 1} joins factors; it has no meaning inside a function`, scope.text, node.start);
    }
    case '==': case '!=': case '<': case '<=': case '>': case '>=':
      return isText(left) || isText(right) ? compareText(operator, left, right, node, scope) : numbers(true, compare(operator));
    default: return operator satisfies never;
  }
}

/** Longest sequence `a:b`. */
const MAX_SEQUENCE = 1_000_000;

function sequence(from: number, to: number, node: Expression, scope: Scope): Value {
  if (!Number.isInteger(from) || !Number.isInteger(to) || Math.abs(to - from) >= MAX_SEQUENCE) {
    throw new FormulaError(`'${deparse(node)}' at character ${node.start + 1} is no sequence of whole numbers`, scope.text, node.start);
  }
  const step = to >= from ? 1 : -1;
  return { kind: 'list', items: Array.from({ length: Math.abs(to - from) + 1 }, (_, i) => from + i * step) };
}

function isText(value: Value): boolean {
  return value.kind === 'factor' || value.kind === 'list';
}

/** The one text or number a constant stands for, as a level. */
function constantLabel(value: Value): string | undefined {
  if (value.kind === 'scalar') return value.logical ? (value.value === 1 ? 'TRUE' : 'FALSE') : levelLabel(value.value);
  if (value.kind === 'list' && value.items.length === 1) {
    const item = value.items[0]!;
    return typeof item === 'number' ? levelLabel(item) : item;
  }
  return undefined;
}

function compareText(operator: Comparison, left: Value, right: Value, node: Extract<Expression, { kind: 'binary' }>, scope: Scope): Value {
  if (left.kind !== 'factor' && right.kind === 'factor') {
    const mirrored: Record<Comparison, Comparison> = { '==': '==', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
    return compareText(mirrored[operator], right, left, node, scope);
  }
  const equality = operator === '==' || operator === '!=';
  if (left.kind === 'factor') {
    const label = constantLabel(right);
    if (label !== undefined) {
      // A label that is no level matches no row: `period == 9` is then FALSE everywhere, as in R.
      const code = left.levels.indexOf(label);
      if (!equality && (!left.ordered || code < 0)) {
        throw new FormulaError(
          `'${operator}' at character ${node.start + 1} needs ${left.ordered ? `a level of '${deparse(node.left)}'` : 'numbers or an ordered factor'}; use == or %in%`, scope.text, node.start,
        );
      }
      const test = compare(operator);
      return asValue(Float64Array.from(left.codes, (c) => (c < 0 ? NaN : test(c, code))), true);
    }
    if (right.kind === 'factor' && equality) return compareFactors(operator === '==', left, right);
  }
  if (right.kind === 'list' && right.items.length === 1 && left.kind !== 'list') {
    throw new DataError(`'${deparse(node.left)}' holds numbers or logicals and cannot be compared with text as in '${deparse(node)}'; compare with a number`);
  }
  throw new FormulaError(`'${deparse(node)}' at character ${node.start + 1} compares things that cannot be compared; use %in% for several values`, scope.text, node.start);
}

function compareFactors(equal: boolean, left: FactorColumn, right: FactorColumn): Value {
  const codeInLeft = new Map(left.levels.map((level, i) => [level, i]));
  const map = right.levels.map((level) => codeInLeft.get(level) ?? -2);
  const out = new Float64Array(left.codes.length);
  for (let i = 0; i < out.length; i++) {
    const a = left.codes[i]!;
    const b = right.codes[i]!;
    out[i] = a < 0 || b < 0 ? NaN : (a === map[b]) === equal ? 1 : 0;
  }
  return asValue(out, true);
}

function membership(left: Value, right: Value, node: Extract<Expression, { kind: 'binary' }>, scope: Scope): Value {
  const label = constantLabel(right);
  const items: readonly (number | string)[] | undefined = right.kind === 'list' ? right.items : label === undefined ? undefined : [right.kind === 'scalar' ? right.value : label];
  if (items === undefined) {
    throw new FormulaError(`'%in%' at character ${node.start + 1} needs values on its right; write %in% c(…)`, scope.text, node.start);
  }
  if (left.kind === 'factor') {
    const wanted = new Set(items.map((item) => (typeof item === 'number' ? levelLabel(item) : item)));
    const member = left.levels.map((level) => (wanted.has(level) ? 1 : 0));
    // A missing value is in no set, as in R.
    return asValue(Float64Array.from(left.codes, (code) => (code < 0 ? 0 : member[code]!)), true);
  }
  const wanted = new Set(items.map(Number));
  return asValue(apply(operand(left, node.left), (x) => (wanted.has(x) ? 1 : 0)), true);
}
