/** From the left side of the formula (and the weights) to y, binomial sizes and prior weights, with every check a response needs. */
import { DataError } from '../errors.js';
import { countRule } from '../families/allowed.js';
import type { Family } from '../families/family.js';
import type { FamilyName } from '../model/design.js';
import { compress } from './grouping.js';
import type { VariableData } from './model-matrix.js';
import type { ModelFrame } from './model-frame.js';
import { orderedResponse } from './ordered-response.js';
import { firstText } from './value.js';

export interface ResponseInput {
  readonly family: FamilyName;
  /** Label of the response in the formula. */
  readonly label: string;
  /** Response on the rows used. */
  readonly data: VariableData;
  /** Levels of a factor response before rows were left out; null for numbers. */
  readonly declaredLevels: readonly string[] | null;
  /** Whether the response was written as `cbind(…)`. */
  readonly isCbind: boolean;
  /** Labels of the two columns of `cbind`. */
  readonly cbindLabels: readonly string[];
  /** Prior weights on the rows used, checked; null without. */
  readonly weights: Float64Array | null;
  /** Whether an excess of zeros (for positive families: every zero) has a model of its own. */
  readonly zeroInflated: boolean;
  /** What says which values are allowed. */
  readonly distribution: Pick<Family, 'invalid'>;
  /** 0-based rows of the table, for messages. */
  readonly rows: Int32Array;
}

export interface ResponseNumbers {
  readonly response: Float64Array;
  readonly trials: Float64Array | null;
  readonly weights: Float64Array | null;
  readonly kind: ModelFrame['responseKind'];
  readonly successLevel: string | null;
  /** Ordered categories 1 … J of a cumulative response. */
  readonly categories?: readonly string[];
  readonly notes: readonly string[];
}

/** Largest distance of successes = proportion × size from a whole number, relative to the size: digits lost when proportions are written. */
const WHOLE_TOLERANCE = 1e-6;

/** Throws DataError naming the response and the row at fault. */
export function makeResponse(input: ResponseInput): ResponseNumbers {
  const made = responseOfFamily(input);
  if (!input.zeroInflated || made.response.includes(0)) return made;
  return { ...made, notes: [...made.notes, `response '${input.label}' has no zeros, so nothing tells of zero inflation; leave it out`] };
}

function responseOfFamily(input: ResponseInput): ResponseNumbers {
  switch (input.family) {
    case 'binomial': return binomialResponse(input);
    case 'betabinomial': return overdispersed(input, binomialResponse(input));
    case 'cumulative': return orderedResponse(input);
    case 'poisson': case 'nbinom1': case 'nbinom2': case 'truncated_poisson': case 'truncated_nbinom1': case 'truncated_nbinom2':
      return singleColumn(input, 'counts');
    case 'Gamma': case 'inverse.gaussian': case 'beta': case 'gaussian': return singleColumn(input, 'numbers');
  }
}

function singleColumn(input: ResponseInput, content: 'counts' | 'numbers'): ResponseNumbers {
  const { label, family } = input;
  const response = input.isCbind ? undefined : numbersOf(input, content);
  if (response === undefined) throw new DataError(`response '${label}' must be one column of ${content} for family ${family}`, { column: label });
  if (isConstant(response)) throw new DataError(`response '${label}' is ${response[0]!} in every row used; there is nothing to fit`, { column: label });
  requireAllowed(response, (y) => input.distribution.invalid(y, 1), `response '${label}'`, label, input.rows);
  return { response, trials: null, weights: input.weights, kind: 'numeric', successLevel: null, notes: [] };
}

/** Successes of single trials vary as Bernoulli variables do, whatever the dispersion. */
function overdispersed({ label }: ResponseInput, made: ResponseNumbers): ResponseNumbers {
  if (made.trials !== null && made.trials.some((size) => size > 1)) return made;
  throw new DataError(
    `response '${label}' has one trial per row, which tells nothing of the dispersion of family betabinomial; give cbind(successes, failures) or use family binomial`, { column: label },
  );
}

function binomialResponse(input: ResponseInput): ResponseNumbers {
  if (input.isCbind) return cbindResponse(input);
  const { label, data, rows } = input;
  if (data.kind === 'factor' && data.column.source !== 'boolean') return factorResponse(input);
  const y = numbersOf(input, 'counts');
  if (y === undefined) throw new DataError(`response '${label}' has several columns; write cbind(successes, failures)`, { column: label });
  let fractional = -1;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (value < 0 || value > 1) {
      throw new DataError(
        `response '${label}' is ${value} in row ${rows[i]! + 1}; a binomial response is 0 or 1, a factor of two levels, cbind(successes, failures), or a proportion with weights`,
        { column: label, row: rows[i]! + 1 },
      );
    }
    if (fractional < 0 && value !== 0 && value !== 1) fractional = i;
  }
  // As in R, whole-numbered weights of a 0/1 or proportion response are binomial sizes.
  const sizes = input.weights !== null && data.kind === 'numeric' && input.weights.every(Number.isInteger) ? input.weights : null;
  if (fractional >= 0 && sizes === null) {
    const row = rows[fractional]! + 1;
    throw new DataError(
      input.weights === null
        ? `response '${label}' is the proportion ${y[fractional]!} in row ${row}; give the binomial sizes as weights`
        : `response '${label}' is a proportion (row ${row}), so its weights must be whole numbers, the binomial sizes`,
      { column: label, row },
    );
  }
  if (sizes !== null && sizes.some((size) => size > 1)) return proportionResponse(input, y, sizes);
  if (isConstant(y)) throw constantBinary(label, y[0] === 1);
  return { response: y, trials: null, weights: input.weights, kind: 'binary', successLevel: null, notes: [] };
}

function factorResponse(input: ResponseInput): ResponseNumbers {
  const { label, data, rows } = input;
  if (data.kind !== 'factor') throw new DataError(`response '${label}' is no factor`, { column: label });
  const { index, levels } = compress(data.column);
  if (levels.length > 2) {
    const row = rows[index.findIndex((code) => code > 1)]! + 1;
    throw new DataError(
      `response '${label}' has ${levels.length} categories (${levels.slice(0, 6).join(', ')}${levels.length > 6 ? ', …' : ''}; the third first in row ${row}); a binary response has two, so use a condition such as (${label} == "${levels[0]!}")`,
      { column: label, row },
    );
  }
  if (levels.length < 2) throw new DataError(`response '${label}' is '${levels[0] ?? ''}' in every row used; there is nothing to fit`, { column: label });
  return {
    response: Float64Array.from(index), trials: null, weights: input.weights, kind: 'binary', successLevel: levels[1]!,
    notes: [`response '${label}': '${levels[1]!}' counts as success, '${levels[0]!}' as failure`],
  };
}

function cbindResponse(input: ResponseInput): ResponseNumbers {
  const { label, data, rows, cbindLabels } = input;
  if (data.kind !== 'numeric' || data.columns.length !== 2) {
    throw new DataError(`response '${label}' has ${data.kind === 'numeric' ? data.columns.length : 1} column(s); cbind takes two, successes and failures`, { column: label });
  }
  const [successes, failures] = data.columns as readonly [Float64Array, Float64Array];
  requireAllowed(successes, countRule, `'${cbindLabels[0]!}'`, cbindLabels[0]!, rows);
  for (let i = 0; i < failures.length; i++) {
    if (failures[i]! < 0) {
      throw new DataError(
        `'${cbindLabels[1]!}' is ${failures[i]!} in row ${rows[i]! + 1}: more successes (${successes[i]!}) than trials; cbind takes successes and failures, not totals`,
        { column: cbindLabels[1]!, row: rows[i]! + 1 },
      );
    }
  }
  requireAllowed(failures, countRule, `'${cbindLabels[1]!}'`, cbindLabels[1]!, rows);
  return sized(input, 'cbind', successes, successes.map((s, i) => s + failures[i]!), input.weights);
}

function proportionResponse(input: ResponseInput, y: Float64Array, sizes: Float64Array): ResponseNumbers {
  const { label, rows } = input;
  const successes = y.map((proportion, i) => {
    const whole = wholeSuccesses(proportion, sizes[i]!);
    if (Number.isNaN(whole)) {
      throw new DataError(
        `response '${label}' is ${proportion} of ${sizes[i]!} trials in row ${rows[i]! + 1}, which is no whole number of successes; check the weights`, { column: label, row: rows[i]! + 1 },
      );
    }
    return whole;
  });
  return sized(input, 'proportion', successes, sizes, null);
}

/** Successes that a proportion of a size is; NaN where that is no whole number. */
export function wholeSuccesses(proportion: number, size: number): number {
  const whole = Math.round(proportion * size);
  return Math.abs(proportion * size - whole) <= WHOLE_TOLERANCE * Math.max(1, size) ? whole : NaN;
}

/** Successes out of sizes. A row of size 0 says nothing: it stays, as in R, as one trial of weight 0. */
function sized(
  input: ResponseInput, kind: 'cbind' | 'proportion', successes: Float64Array, sizes: Float64Array, weights: Float64Array | null,
): ResponseNumbers {
  const { label } = input;
  let empty = 0;
  let anySuccess = false;
  let anyFailure = false;
  for (let i = 0; i < sizes.length; i++) {
    if (sizes[i] === 0) empty++;
    if (successes[i]! > 0) anySuccess = true;
    if (successes[i]! < sizes[i]!) anyFailure = true;
  }
  if (!anySuccess || !anyFailure) throw constantBinary(label, anySuccess);
  if (empty === 0) return { response: successes, trials: sizes, weights, kind, successLevel: null, notes: [] };
  return {
    response: successes,
    trials: sizes.map((size) => Math.max(size, 1)),
    weights: sizes.map((size, i) => (size === 0 ? 0 : (weights?.[i] ?? 1))),
    kind,
    successLevel: null,
    notes: [`${empty} row${empty === 1 ? ' has' : 's have'} no trials and weigh${empty === 1 ? 's' : ''} nothing`],
  };
}

function constantBinary(label: string, success: boolean): DataError {
  return new DataError(`response '${label}' is ${success ? 'a success' : 'a failure'} in every row used; there is nothing to fit`, { column: label });
}

function numbersOf(input: ResponseInput, content: 'counts' | 'numbers'): Float64Array | undefined {
  const { data, label, rows } = input;
  if (data.kind === 'numeric') return data.columns.length === 1 ? data.columns[0]! : undefined;
  if (data.column.source === 'boolean') return Float64Array.from(data.column.codes);
  const at = firstText(data.column);
  const row = rows[at]! + 1;
  throw new DataError(
    `response '${label}' holds text ('${data.column.levels[data.column.codes[at]!]!}' in row ${row}) where ${content} are needed; correct the value or choose another column`, { column: label, row },
  );
}

function requireAllowed(values: Float64Array, invalid: (y: number) => string | null, what: string, column: string, rows: Int32Array): void {
  for (let i = 0; i < values.length; i++) {
    const problem = invalid(values[i]!);
    if (problem !== null) throw new DataError(`${what} is ${values[i]!} in row ${rows[i]! + 1}; ${problem}`, { column, row: rows[i]! + 1 });
  }
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}
