/** Columns of a table as the responses of one design. */
import { DataError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import { MOST_CATEGORIES } from '../formula/ordered-response.js';
import type { ModelFrame } from '../formula/model-frame.js';
import { isLinearMixed } from '../model/design.js';
import closestName from '../names.js';
import type { Column, Table } from '../table/table.js';
import type { ResponseTemplate } from './response-template.js';

/** Whole numbers, or others, in a type that holds them exactly. */
export type CompactNumbers = Float64Array | Float32Array | Int32Array | Uint8Array;

/** A response on the rows of the design. */
export interface ResponseNumbers {
  readonly name: string;
  /** NaN where there is no value. Ordered categories are 1 … J. */
  readonly values: CompactNumbers;
  /** Binomial sizes of its own, 0 where there is no value; null: those of the design. */
  readonly trials: CompactNumbers | null;
  /** The ordered categories that occur, where the family has such; else null. */
  readonly categories: readonly string[] | null;
  /** Whether there is something to fit: values, all of them allowed, and not of a single category. */
  readonly isUsable: boolean;
}

/**
 * The numbers of a column that stands for the response.
 * @throws DataError for a column that is missing or holds text, and for too many categories.
 */
export function responseNumbers(name: string, table: Table, template: ResponseTemplate, frame: ModelFrame): ResponseNumbers {
  const { design } = frame;
  const ordered = design.family === 'cumulative';
  const column = table.columns.get(name);
  if (column === undefined) throw new DataError(`there is no column '${name}' among the data${closestName(name, table.columns.keys())}`, { column: name });
  if (column.kind === 'factor' && column.source !== 'boolean' && !ordered) throw new DataError(`response '${name}' is not numeric; recode it as numbers`, { column: name });
  const { response, trials } = template.numbers(numbersOf(column), frame);
  if (ordered) return orderedNumbers(name, response, column.kind === 'factor' ? column.levels : null);
  const family = isLinearMixed(design) ? null : familyOf(design);
  const sizes = trials ?? design.trials;
  // No trials, or nobody knows how many: nothing is said.
  const values = response.map((value, i) => (sizes?.[i] === 0 || Number.isNaN(sizes?.[i]) ? NaN : value));
  const isAllowed = (value: number, size: number): boolean => Number.isFinite(value) && Number.isInteger(size) && (family === null || family.invalid(value, size) === null);
  return {
    name, values: compact(values), trials: trials === null ? null : compact(trials.map((size, i) => (Number.isNaN(values[i]!) ? 0 : size))), categories: null,
    isUsable: !values.every(Number.isNaN) && values.every((value, i) => Number.isNaN(value) || isAllowed(value, sizes?.[i] ?? 1)),
  };
}

/** @param levels labels of the codes; null for numbers */
function orderedNumbers(name: string, response: Float64Array, levels: readonly string[] | null): ResponseNumbers {
  const found = [...new Set(response)].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (found.length > MOST_CATEGORIES) {
    throw new DataError(`response '${name}' has ${found.length} different values; family cumulative takes up to ${MOST_CATEGORIES} ordered categories, so leave it out or group the values`, { column: name });
  }
  const place = new Map(found.map((value, k) => [value, k + 1]));
  return {
    name, values: compact(response.map((value) => place.get(value) ?? NaN)), trials: null,
    categories: found.map((value) => levels?.[value] ?? String(value)), isUsable: found.length > 1,
  };
}

/** A factor's codes stand for its levels. */
function numbersOf(column: Column): Float64Array {
  return column.kind === 'numeric' ? column.values : Float64Array.from(column.codes, (code) => (code < 0 ? NaN : code));
}

/** The same numbers in the smallest type that holds them exactly: thousands of columns of counts are kept, written and sent as bytes. */
function compact(values: Float64Array): CompactNumbers {
  for (const type of [Uint8Array, Int32Array, Float32Array]) {
    const copy = new type(values);
    if (values.every((value, i) => value === copy[i] || (Number.isNaN(value) && Number.isNaN(copy[i])))) return copy;
  }
  return values;
}
