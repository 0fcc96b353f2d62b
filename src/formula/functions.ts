/** The functions a formula may call. Each takes its call and the scope, and evaluates its own arguments. */
import { DataError, FormulaError } from '../errors.js';
import { levelLabel } from '../table/number-label.js';
import { parseNumber } from '../table/parse-number.js';
import { relevel } from '../table/retype.js';
import { evaluatePolynomials, orthogonalPolynomials } from './contrasts.js';
import { deparse } from './deparse.js';
import type { Expression } from './expression.js';
import { type Scope, evaluate } from './evaluate.js';
import { type Operand, type Value, apply, asValue, combine, factorOf, operand, vector } from './value.js';

type Call = Extract<Expression, { kind: 'call' }>;
type FormulaFunction = (call: Call, scope: Scope) => Value;

/** Arguments in the order of the given names, matched by name first and then by place, as R matches them. */
function matchArguments(call: Call, scope: Scope, names: readonly string[], required: number): (Expression | undefined)[] {
  const matched = new Map<string, Expression>();
  for (const { name, value } of call.args) {
    if (name === null) continue;
    if (!names.includes(name) || matched.has(name)) throw argumentError(call, scope, `has no argument '${name}' left; it takes ${names.join(', ')}`);
    matched.set(name, value);
  }
  const free = names.filter((name) => !matched.has(name));
  for (const { name, value } of call.args) {
    if (name !== null) continue;
    const place = free.shift();
    if (place === undefined) throw argumentError(call, scope, `takes at most ${names.length} argument${names.length === 1 ? '' : 's'}: ${names.join(', ')}`);
    matched.set(place, value);
  }
  names.slice(0, required).forEach((name) => {
    if (!matched.has(name)) throw argumentError(call, scope, `lacks its argument '${name}'`);
  });
  return names.map((name) => matched.get(name));
}

function argumentError(call: Call, scope: Scope, problem: string): FormulaError {
  return new FormulaError(`${call.callee}() at character ${call.start + 1} ${problem}`, scope.text, call.start);
}

/** An argument that must be one number (logicals count as 0 and 1). */
function constant(node: Expression, call: Call, scope: Scope, what: string): number {
  const value = evaluate(node, scope);
  if (value.kind === 'scalar') return value.value;
  throw argumentError(call, scope, `needs one number or TRUE/FALSE for '${what}'`);
}

/** The result of `learn`, computed on the first data and remembered for later ones. */
function remember<T extends number | string>(key: string, scope: Scope, learn: () => readonly T[]): readonly T[] {
  if (scope.learning) {
    const learnt = learn();
    scope.memory[key] = learnt;
    return learnt;
  }
  return scope.memory[key] as readonly T[];
}

function numeric(f: (x: number) => number): FormulaFunction {
  return (call, scope) => {
    const [x] = matchArguments(call, scope, ['x'], 1);
    return asValue(apply(operand(evaluate(x!, scope), x!), f), false);
  };
}

/** Rounds halves to even, as R does. */
function roundHalfEven(x: number): number {
  const down = Math.floor(x);
  const rest = x - down;
  if (rest !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
}

/** Summary of a vector over all its rows that are not missing, remembered for new data. */
function summary(f: (values: Float64Array) => number): FormulaFunction {
  return (call, scope) => {
    const [x] = matchArguments(call, scope, ['x', 'na.rm'], 1);
    const [value] = remember(deparse(call), scope, () => {
      const present = vector(evaluate(x!, scope), x!, scope.table.nrow).filter((v) => v === v);
      return [f(present)];
    });
    return { kind: 'scalar', value: value!, logical: false };
  };
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  const first = sum / values.length;
  // A second pass takes off the rounding error of the first, as R does.
  let rest = 0;
  for (const value of values) rest += value - first;
  return first + rest / values.length;
}

/** Root of the sum of squares about `center` over n − 1. */
function spread(values: Float64Array, center: number): number {
  let square = 0;
  for (const value of values) square += (value - center) ** 2;
  return Math.sqrt(square / Math.max(1, values.length - 1));
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  const half = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

const log: FormulaFunction = (call, scope) => {
  const [x, base] = matchArguments(call, scope, ['x', 'base'], 1);
  const value = operand(evaluate(x!, scope), x!);
  if (base === undefined) return asValue(apply(value, Math.log), false);
  const divisor = Math.log(constant(base, call, scope, 'base'));
  return asValue(apply(value, (v) => Math.log(v) / divisor), false);
};

const scale: FormulaFunction = (call, scope) => {
  const [x, centerArg, scaleArg] = matchArguments(call, scope, ['x', 'center', 'scale'], 1);
  const values = vector(evaluate(x!, scope), x!, scope.table.nrow);
  const asked = (node: Expression | undefined, what: string): number | boolean => {
    if (node === undefined) return true;
    const value = constant(node, call, scope, what);
    return node.kind === 'logical' ? value === 1 : value;
  };
  const [center, factor] = remember(deparse(call), scope, () => {
    const present = values.filter((v) => v === v);
    const wantedCenter = asked(centerArg, 'center');
    const wantedScale = asked(scaleArg, 'scale');
    const c = wantedCenter === true ? mean(present) : wantedCenter === false ? 0 : wantedCenter;
    const s = wantedScale === true ? spread(present, c) : wantedScale === false ? 1 : wantedScale;
    if (!(Math.abs(s) > 0)) throw new DataError(`'${deparse(x!)}' is constant and cannot be scaled; drop it or use scale(…, scale = FALSE)`);
    return [c, s];
  });
  return { kind: 'numeric', values: values.map((v) => (v - center!) / factor!) };
};

/** Highest degree of poly(): beyond it the columns are rounding noise. */
const MAX_DEGREE = 30;

const poly: FormulaFunction = (call, scope) => {
  const [x, degreeArg, rawArg] = matchArguments(call, scope, ['x', 'degree', 'raw'], 1);
  const degree = degreeArg === undefined ? 1 : constant(degreeArg, call, scope, 'degree');
  if (!Number.isInteger(degree) || degree < 1 || degree > MAX_DEGREE) throw argumentError(call, scope, `needs a whole degree from 1 to ${MAX_DEGREE}`);
  const values = vector(evaluate(x!, scope), x!, scope.table.nrow);
  const names = Array.from({ length: degree }, (_, k) => String(k + 1));
  if (rawArg !== undefined && constant(rawArg, call, scope, 'raw') === 1) {
    return { kind: 'matrix', columns: names.map((_, k) => values.map((v) => v ** (k + 1))), names };
  }
  const coefficients = remember(deparse(call), scope, () => {
    const distinct = new Set<number>();
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Math.abs(value) === Infinity) throw new DataError(`'${deparse(x!)}' is infinite in row ${i + 1}; correct or remove the value`, { column: deparse(x!), row: i + 1 });
      if (value === value && distinct.size <= degree) distinct.add(value);
    }
    if (distinct.size <= degree) {
      throw new DataError(`'${deparse(x!)}' has ${distinct.size} distinct value${distinct.size === 1 ? '' : 's'}, too few for ${deparse(call)}; lower the degree`);
    }
    return orthogonalPolynomials(values, degree).coefficients;
  });
  return { kind: 'matrix', columns: evaluatePolynomials(values, coefficients), names };
};

function labelsOf(node: Expression, call: Call, scope: Scope, what: string): string[] {
  const value = evaluate(node, scope);
  if (value.kind === 'list') return value.items.map((item) => (typeof item === 'number' ? levelLabel(item) : item));
  if (value.kind === 'scalar') return [value.logical ? (value.value === 1 ? 'TRUE' : 'FALSE') : levelLabel(value.value)];
  throw argumentError(call, scope, `needs values for '${what}', such as c("a", "b")`);
}

function makeFactor(ordered: boolean | null): FormulaFunction {
  return (call, scope) => {
    const [x, levelsArg, labelsArg, orderedArg] = matchArguments(call, scope, ordered === null ? ['x', 'levels', 'labels', 'ordered'] : ['x', 'levels', 'labels'], 1);
    const given = factorOf(evaluate(x!, scope), x!, scope.table.nrow);
    const asOrdered = ordered ?? (orderedArg === undefined ? given.ordered : constant(orderedArg, call, scope, 'ordered') === 1);
    const levels = levelsArg === undefined ? given.levels : labelsOf(levelsArg, call, scope, 'levels');
    if (new Set(levels).size !== levels.length) throw argumentError(call, scope, 'names a level twice');
    const column = relevel(given, levels, { source: 'factor', ordered: asOrdered });
    if (labelsArg === undefined) return column;
    const labels = labelsOf(labelsArg, call, scope, 'labels');
    if (labels.length !== levels.length || new Set(labels).size !== labels.length) throw argumentError(call, scope, `needs ${levels.length} distinct labels, one per level`);
    return { ...column, levels: labels };
  };
}

const relevelFunction: FormulaFunction = (call, scope) => {
  const [x, refArg] = matchArguments(call, scope, ['x', 'ref'], 2);
  const given = factorOf(evaluate(x!, scope), x!, scope.table.nrow);
  const [ref] = labelsOf(refArg!, call, scope, 'ref');
  if (ref === undefined || !given.levels.includes(ref)) {
    throw new DataError(`'${deparse(x!)}' has no level '${String(ref)}'; its levels are ${given.levels.slice(0, 10).join(', ')}${given.levels.length > 10 ? ', …' : ''}`);
  }
  return relevel(given, [ref, ...given.levels.filter((level) => level !== ref)], { source: 'factor', ordered: false });
};

/** Factors give their level numbers, strings the numbers they spell. */
const asNumeric: FormulaFunction = (call, scope) => {
  const [x] = matchArguments(call, scope, ['x'], 1);
  const value = evaluate(x!, scope);
  if (value.kind !== 'factor') return asValue(operand(value, x!), false);
  const name = deparse(x!);
  let numberOf: (number | undefined)[];
  if (value.source === 'string') numberOf = value.levels.map((level) => parseNumber(level));
  else {
    // The numbering must be that of the first data, whatever levels new data hold.
    const order = remember(deparse(call), scope, () => value.levels);
    const place = new Map(order.map((level, i) => [level, i + 1]));
    numberOf = value.levels.map((level) => place.get(level));
  }
  const values = new Float64Array(value.codes.length);
  value.codes.forEach((code, i) => {
    const number = code < 0 ? NaN : numberOf[code];
    if (number === undefined) {
      throw new DataError(`'${name}' holds '${value.levels[code]!}' in row ${i + 1}, which as.numeric cannot turn into a number; correct the value`, { column: name, row: i + 1 });
    }
    values[i] = number;
  });
  return { kind: 'numeric', values };
};

const collect: FormulaFunction = (call, scope) => {
  const items: (number | string)[] = [];
  for (const { value: node } of call.args) {
    const value = evaluate(node, scope);
    if (value.kind === 'scalar') items.push(value.value);
    else if (value.kind === 'list') items.push(...value.items);
    else throw argumentError(call, scope, 'takes numbers and strings, not columns');
  }
  return { kind: 'list', items };
};

const cbind: FormulaFunction = (call, scope) => {
  if (call.args.length === 0) throw argumentError(call, scope, 'needs columns');
  return {
    kind: 'matrix',
    columns: call.args.map(({ value }) => vector(evaluate(value, scope), value, scope.table.nrow)),
    names: call.args.map(({ name, value }) => name ?? deparse(value)),
  };
};

const ifelse: FormulaFunction = (call, scope) => {
  const [test, yes, no] = matchArguments(call, scope, ['test', 'yes', 'no'], 3);
  const [t, a, b] = [test!, yes!, no!].map((node) => vector(evaluate(node, scope), node, scope.table.nrow)) as [Float64Array, Float64Array, Float64Array];
  return { kind: 'numeric', values: t.map((condition, i) => (condition !== condition ? NaN : condition !== 0 ? a[i]! : b[i]!)) };
};

function parallel(f: (x: number, y: number) => number): FormulaFunction {
  return (call, scope) => {
    if (call.args.length === 0) throw argumentError(call, scope, 'needs numbers');
    const operands: Operand[] = call.args.map(({ value }) => operand(evaluate(value, scope), value));
    return asValue(operands.reduce((a, b) => combine(a, b, f)), false);
  };
}

const isMissing: FormulaFunction = (call, scope) => {
  const [x] = matchArguments(call, scope, ['x'], 1);
  const value = evaluate(x!, scope);
  if (value.kind === 'factor') return asValue(Float64Array.from(value.codes, (code) => (code < 0 ? 1 : 0)), true);
  return asValue(apply(operand(value, x!), (v) => (v === v ? 0 : 1)), true);
};

const identity: FormulaFunction = (call, scope) => {
  const [x] = matchArguments(call, scope, ['x'], 1);
  return evaluate(x!, scope);
};

/** All functions by name. */
export const FUNCTIONS: ReadonlyMap<string, FormulaFunction> = new Map<string, FormulaFunction>([
  ['I', identity],
  ['log', log],
  ['log2', numeric(Math.log2)],
  ['log10', numeric(Math.log10)],
  ['log1p', numeric(Math.log1p)],
  ['exp', numeric(Math.exp)],
  ['expm1', numeric(Math.expm1)],
  ['sqrt', numeric(Math.sqrt)],
  ['abs', numeric(Math.abs)],
  ['sin', numeric(Math.sin)],
  ['cos', numeric(Math.cos)],
  ['tan', numeric(Math.tan)],
  ['tanh', numeric(Math.tanh)],
  ['sign', numeric(Math.sign)],
  ['floor', numeric(Math.floor)],
  ['ceiling', numeric(Math.ceil)],
  ['round', numeric(roundHalfEven)],
  ['trunc', numeric(Math.trunc)],
  ['scale', scale],
  ['poly', poly],
  ['mean', summary(mean)],
  ['median', summary(median)],
  ['sd', summary((values) => spread(values, mean(values)))],
  ['min', summary((values) => values.reduce((a, b) => Math.min(a, b), Infinity))],
  ['max', summary((values) => values.reduce((a, b) => Math.max(a, b), -Infinity))],
  ['factor', makeFactor(null)],
  ['as.factor', makeFactor(null)],
  ['ordered', makeFactor(true)],
  ['as.ordered', makeFactor(true)],
  ['relevel', relevelFunction],
  ['as.numeric', asNumeric],
  ['ifelse', ifelse],
  ['pmin', parallel((x, y) => (x !== x || y !== y ? NaN : Math.min(x, y)))],
  ['pmax', parallel((x, y) => (x !== x || y !== y ? NaN : Math.max(x, y)))],
  ['is.na', isMissing],
  ['cbind', cbind],
  ['c', collect],
]);
