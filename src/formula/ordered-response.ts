/** The response of cumulative families: ordered categories, coded 1 … J. */
import { DataError } from '../errors.js';
import type { FactorColumn } from '../table/table.js';
import type { ResponseInput, ResponseNumbers } from './response.js';

/** More categories than this are a measurement, not a rating. */
export const MOST_CATEGORIES = 100;

/** Throws DataError naming the category at fault. */
export function orderedResponse(input: ResponseInput): ResponseNumbers {
  const { label, isCbind, data, declaredLevels } = input;
  if (isCbind || (data.kind === 'numeric' && data.columns.length !== 1)) {
    throw new DataError(`response '${label}' must be one column of ordered categories for family cumulative`, { column: label });
  }
  const { codes, categories, notes } = data.kind === 'factor' ? categoriesOfFactor(label, data.column, declaredLevels ?? []) : categoriesOfNumbers(label, data.columns[0]!);
  if (categories.length < 2) throw new DataError(`response '${label}' is ${categories[0] ?? 'missing'} in every row used; there is nothing to fit`, { column: label });
  return { response: codes, trials: null, weights: input.weights, kind: 'numeric', successLevel: null, categories, notes };
}

type Categories = { readonly codes: Float64Array; readonly categories: readonly string[]; readonly notes: readonly string[] };

function categoriesOfFactor(label: string, { levels, codes, ordered, source }: FactorColumn, declared: readonly string[]): Categories {
  const empty = declared.find((level) => !levels.includes(level));
  if (empty !== undefined && source !== 'boolean') {
    throw new DataError(
      `category '${empty}' of response '${label}' occurs in no row used, so its thresholds cannot be told apart; drop it from the levels or join it with a neighbour`, { column: label },
    );
  }
  const known = ordered || source === 'boolean';
  return {
    codes: Float64Array.from(codes, (code) => code + 1),
    categories: levels,
    notes: known ? [] : [`response '${label}' is no ordered factor; its categories are taken in the order ${levels.join(' < ')}`],
  };
}

function categoriesOfNumbers(label: string, values: Float64Array): Categories {
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length > MOST_CATEGORIES) {
    throw new DataError(`response '${label}' has ${distinct.length} different values; family cumulative takes up to ${MOST_CATEGORIES} ordered categories, so choose gaussian or group the values`, { column: label });
  }
  const place = new Map(distinct.map((value, i) => [value, i + 1]));
  return { codes: values.map((value) => place.get(value)!), categories: distinct.map(String), notes: [] };
}
