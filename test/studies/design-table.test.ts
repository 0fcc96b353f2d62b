import { describe, expect, test } from 'vitest';
import { crossedTable, extendAlong, extendWithin, withPlaceholderResponse } from '../../src/studies/design-table.js';
import { fromColumns } from '../../src/table/from-values.js';
import type { Column, FactorColumn, Table } from '../../src/table/table.js';

const values = (column: Column | undefined): (string | number)[] =>
  column!.kind === 'numeric' ? [...column!.values] : [...column!.codes].map((code) => (column as FactorColumn).levels[code]!);
const rows = (table: Table): (string | number)[][] => {
  const columns = [...table.columns.values()].map(values);
  return columns[0]!.map((_, i) => columns.map((column) => column[i]!));
};

describe('a design in words', () => {
  test('crossings, constants, and what is dealt to the levels of another factor', () => {
    const table = crossedTable('herd[3]; period = a|b; visit = 1:0; size = 10; arm = x|y per herd');
    expect([...table.columns.keys()]).toEqual(['herd', 'period', 'visit', 'size', 'arm']);
    expect(rows(table)).toEqual(['1', '2', '3'].flatMap((herd) => ['a', 'b'].flatMap((period) => [1, 0].map((visit) => [herd, period, visit, 10, herd === '2' ? 'y' : 'x']))));
  });

  test.each([
    ['', /lists its variables/], ['herd', /no variable of a design/], ['herd[0]', /no variable of a design/], ['x = a|a', /must be different/],
    ['x = red', /neither levels/], ['x = 1; x = 2', /names 'x' twice/], ['herd[3]; arm = a|b per head', /dealt to 'head'.*did you mean 'herd'/],
    ['a[10000]; b[10000]', /has 100000000 rows/],
  ])('%s is refused', (text, message) => { expect(() => crossedTable(text)).toThrow(message); });
});

const small = fromColumns({ herd: ['a', 'a', 'b'], cow: ['a1', 'a2', 'b1'], arm: ['x', 'x', 'y'], day: [0, 2, 2], y: [1, 2, 3] });

describe('more of a table', () => {
  test('along a factor: fewer levels, more levels, and the factors nested in it', () => {
    expect(rows(extendAlong(small, 'herd', 1))).toEqual([['a', 'a1', 'x', 0, 1], ['a', 'a2', 'x', 2, 2]]);
    expect(rows(extendAlong(small, 'herd', 3))).toEqual([
      ['a', 'a1', 'x', 0, 1], ['a', 'a2', 'x', 2, 2], ['b', 'b1', 'y', 2, 3], ['a.2', 'a1.2', 'x', 0, 1], ['a.2', 'a2.2', 'x', 2, 2],
    ]);
  });

  test('along a number it goes on in its last step', () => {
    expect(values(extendAlong(small, 'day', 4).columns.get('day'))).toEqual([0, 2, 2, 4, 6, 6]);
  });

  test('within combinations: rows again, or the first ones', () => {
    expect(rows(extendWithin(small, ['herd'], 1))).toEqual([['a', 'a1', 'x', 0, 1], ['b', 'b1', 'y', 2, 3]]);
    expect(values(extendWithin(small, ['herd', 'arm'], 3).columns.get('cow'))).toEqual(['a1', 'a2', 'a1', 'b1', 'b1', 'b1']);
  });

  test('mistakes are named', () => {
    expect(() => extendAlong(small, 'head', 3)).toThrow(/no column 'head' to extend \(did you mean 'herd'/);
    expect(() => extendWithin(small, ['herd'], 0)).toThrow(/positive integer, not 0/);
  });
});

test('a response that is not there yet gets values that the family allows', () => {
  expect([...withPlaceholderResponse(small, 'cbind(hit, 10 - hit) ~ day + (1 | herd)', 'binomial').columns.keys()]).toContain('hit');
  expect(values(withPlaceholderResponse(small, 'w ~ day + (1 | herd)', 'Gamma').columns.get('w'))).toEqual([1, 2, 1]);
  expect(withPlaceholderResponse(small, 'y ~ day + (1 | herd)', 'gaussian')).toBe(small);
});
