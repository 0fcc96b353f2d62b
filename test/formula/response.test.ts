/** What each family asks of its response, and how ordered categories are coded. */
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import { distributionOf, linksOf } from '../../src/families/registry.js';
import type { Scope } from '../../src/formula/evaluate.js';
import { parseFormula } from '../../src/formula/parse.js';
import { type ResponseInput, makeResponse } from '../../src/formula/response.js';
import { Variables } from '../../src/formula/variables.js';
import type { FamilyName } from '../../src/model/design.js';
import type { FactorColumn } from '../../src/table/table.js';

/** Rows 3, 5, 7 … of a table, so that messages must look rows up. */
function input(family: FamilyName, values: readonly number[], more: Partial<ResponseInput> = {}): ResponseInput {
  return {
    family, label: 'y', data: { kind: 'numeric', columns: [Float64Array.from(values)], suffixes: [''] }, isCbind: false, cbindLabels: [], weights: null, declaredLevels: null,
    zeroInflated: false, distribution: distributionOf(family, linksOf(family)[0]!, more.zeroInflated === true), rows: Int32Array.from(values, (_, i) => 2 * i + 2), ...more,
  };
}

const factor = (codes: readonly number[], levels: readonly string[], ordered: boolean): Partial<ResponseInput> => ({
  data: { kind: 'factor', column: { kind: 'factor', source: 'factor', codes: Int32Array.from(codes), levels, ordered } satisfies FactorColumn },
});

const cbind = (successes: readonly number[], failures: readonly number[]): Partial<ResponseInput> => ({
  data: { kind: 'numeric', columns: [Float64Array.from(successes), Float64Array.from(failures)], suffixes: ['s', 'f'] }, isCbind: true, cbindLabels: ['s', 'f'],
});

describe('values outside the range of a family name row and remedy', () => {
  test.each<[string, ResponseInput, RegExp, object]>([
    ['zero for Gamma', input('Gamma', [1, 0, 2]), /^response 'y' is 0 in row 5; the family takes positive values: give the zeros .*ziformula/, { column: 'y', row: 5 }],
    ['negative Gamma with a hurdle', input('Gamma', [1, 0, -2], { zeroInflated: true }), /is -2 in row 7.*correct the value/, { row: 7 }],
    ['zero for inverse Gaussian', input('inverse.gaussian', [0, 1, 2]), /is 0 in row 3; the family takes positive values: leave the row out/, { row: 3 }],
    ['zero for a truncated count', input('truncated_nbinom1', [1, 3, 0]), /is 0 in row 7; truncated counts begin at 1: give the zeros/, { row: 7 }],
    ['a fraction for a truncated count', input('truncated_poisson', [1, 2.5, 3]), /'y' is 2.5 in row 5; counts are whole/, { row: 5 }],
    ['a fraction for nbinom2', input('nbinom2', [1, 2, 0.5]), /'y' is 0.5 in row 7; counts are whole/, { row: 7 }],
    ['a negative nbinom1', input('nbinom1', [1, -2, 3]), /'y' is -2 in row 5/, { row: 5 }],
    ['one for beta', input('beta', [0.5, 1, 0.2]), /is 1 in row 5; the family takes values between 0 and 1, the ends excluded: move the ends inwards/, { row: 5 }],
    ['percentages for beta', input('beta', [0.5, 45, 0.2]), /is 45 in row 5.*rescale it to fractions/, { row: 5 }],
    ['single trials for betabinomial', input('betabinomial', [0, 1, 1]), /one trial per row.*use family binomial/, { column: 'y' }],
    ['a constant response', input('Gamma', [2, 2, 2]), /is 2 in every row used/, { column: 'y' }],
    ['two columns', input('Gamma', [1, 2, 3], cbind([1, 2, 3], [1, 1, 1])), /one column of numbers for family Gamma/, { column: 'y' }],
    ['text', input('beta', [0, 0], factor([0, 1], ['u', 'v'], false)), /holds text \('u' in row 3\) where numbers are needed/, { row: 3 }],
    ['an empty category', input('cumulative', [0, 0, 0], { ...factor([0, 1, 1], ['low', 'high'], true), declaredLevels: ['low', 'mid', 'high'] }), /category 'mid' of response 'y' occurs in no row used.*drop it/, { column: 'y' }],
    ['one category', input('cumulative', [4, 4, 4]), /is 4 in every row used/, { column: 'y' }],
    ['a measurement as categories', input('cumulative', Array.from({ length: 101 }, (_, i) => i / 7)), /101 different values.*choose gaussian or group/, { column: 'y' }],
    ['cbind as categories', input('cumulative', [1, 2, 3], cbind([1, 2, 3], [1, 1, 1])), /one column of ordered categories/, { column: 'y' }],
  ])('%s', (_name, made, message, fields) => {
    let thrown: unknown;
    try {
      makeResponse(made);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DataError);
    expect((thrown as DataError).message).toMatch(message);
    expect((thrown as DataError).message).not.toContain('\n');
    expect(thrown).toMatchObject(fields);
  });
});

describe('what is allowed', () => {
  test('a hurdle takes the zeros that its family excludes', () => {
    for (const family of ['Gamma', 'truncated_poisson', 'truncated_nbinom2'] as const) {
      const made = makeResponse(input(family, [0, 1, 3], { zeroInflated: true }));
      expect(made).toMatchObject({ response: Float64Array.of(0, 1, 3), notes: [] });
    }
  });

  test('zero inflation without zeros is advised against, not refused', () => {
    const { response, notes } = makeResponse(input('poisson', [1, 2, 3], { zeroInflated: true }));
    expect(response).toEqual(Float64Array.of(1, 2, 3));
    expect(notes).toEqual([expect.stringMatching(/'y' has no zeros.*leave it out/)]);
  });

  test('successes and sizes of a beta-binomial response', () => {
    expect(makeResponse(input('betabinomial', [0, 0, 0], cbind([1, 0, 2], [1, 3, 1])))).toMatchObject({ response: Float64Array.of(1, 0, 2), trials: Float64Array.of(2, 3, 3) });
  });

  test('an ordered factor keeps its order, a plain one is noted', () => {
    const levels = ['low', 'mid', 'high'];
    expect(makeResponse(input('cumulative', [0, 0, 0], factor([2, 0, 1], levels, true)))).toMatchObject({ response: Float64Array.of(3, 1, 2), categories: levels, notes: [] });
    expect(makeResponse(input('cumulative', [0, 0, 0], factor([2, 0, 1], levels, false))).notes).toEqual([expect.stringContaining('low < mid < high')]);
  });

  test('numbers are categories in their order', () => {
    expect(makeResponse(input('cumulative', [10, 2, 10, 3]))).toMatchObject({ response: Float64Array.of(3, 1, 3, 2), categories: ['2', '3', '10'] });
  });
});

test('the levels a column declares, which rows left out may empty, reach the check', () => {
  const column: FactorColumn = { kind: 'factor', source: 'factor', codes: Int32Array.of(0, 1, 2, 0), levels: ['low', 'mid', 'high'], ordered: true };
  const scope: Scope = { table: { nrow: 4, columns: new Map([['y', column]]) }, text: 'y ~ 1', memory: {}, learning: true };
  const variables = new Variables(scope);
  const { response } = parseFormula('y ~ 1 + (1 | g)');
  variables.add(response);
  const rows = Int32Array.of(0, 2, 3);
  expect(variables.declaredLevels(response)).toEqual(['low', 'mid', 'high']);
  const made = input('cumulative', [0, 0, 0], { data: variables.onRows(response, rows), declaredLevels: variables.declaredLevels(response), rows });
  expect(() => makeResponse(made)).toThrow(/category 'mid'/);
});
