/** Single pieces against R: answers made by scripts/reference/formula-pieces.R. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrast, evaluatePolynomials, orthogonalPolynomials } from '../../src/formula/contrasts.js';
import type { ContrastName } from '../../src/formula/model-frame.js';
import { independentColumns } from '../../src/formula/rank.js';
import { compareText } from '../../src/table/level-order.js';
import { doubleLabel, levelLabel } from '../../src/table/number-label.js';

interface Pieces {
  readonly numbers: { value: string; label: string }[];
  readonly sorted: string[];
  readonly contrasts: { levels: number; name: ContrastName; columns: string[]; matrix: number[] }[];
  readonly rank: { near: number; size: number; kept: number[] }[];
  readonly wide: number[];
}

const pieces = JSON.parse(readFileSync(new URL('../fixtures/formula/pieces.json', import.meta.url), 'utf8')) as Pieces;

test.each(pieces.numbers)('$value is written $label', ({ value, label }) => {
  expect(doubleLabel(Number(value))).toBe(label);
});

test('levels that are whole numbers are written in full', () => {
  expect([100000, -3, 0, -0, 3e9, 0.5].map(levelLabel)).toEqual(['100000', '-3', '0', '0', '3000000000', '0.5']);
});

test('strings are sorted as R sorts them in English', () => {
  expect([...pieces.sorted].reverse().sort(compareText)).toEqual(pieces.sorted);
});

test.each(pieces.contrasts)('contr.$name($levels)', ({ levels, name, columns, matrix }) => {
  const names = Array.from({ length: levels }, (_, i) => String.fromCharCode(97 + i));
  const made = contrast(name, names);
  expect(made.suffixes).toEqual(columns.length > 0 ? columns : Array.from({ length: levels - 1 }, (_, j) => String(j + 1)));
  expect(made.matrix).toHaveLength(matrix.length);
  made.matrix.forEach((entry, i) => expect(Math.abs(entry - matrix[i]!)).toBeLessThan(1e-14));
});

test('orthogonal polynomials are orthonormal and the same at the same points later', () => {
  const x = Float64Array.from({ length: 200 }, (_, i) => (i === 7 ? NaN : 1000 + Math.sin(i)));
  const { columns, coefficients } = orthogonalPolynomials(x, 6);
  const again = evaluatePolynomials(x, coefficients);
  columns.forEach((a, j) => {
    expect(again[j]).toEqual(a);
    columns.forEach((b, k) => {
      const dot = a.reduce((sum, value, i) => (i === 7 ? sum : sum + value * b[i]!), 0);
      expect(Math.abs(dot - (j === k ? 1 : 0))).toBeLessThan(1e-9);
    });
  });
});

describe('columns that are combinations of others are found as R finds them', () => {
  test.each(pieces.rank)('distance $near, column scaled by $size', ({ near, size, kept }) => {
    const rows = 700;
    const x = new Float64Array(rows * 7);
    for (let r = 0; r < rows; r++) {
      const i = r + 1;
      x.set([1, Math.sin(i), Math.sin(i) * 3 + 2 + near * Math.cos(7 * i), Math.cos(i), i % 2 === 0 ? 1 : 0, i % 2, size * (Math.cos(i) + near * Math.sin(3 * i))], r * 7);
    }
    expect(independentColumns(x, rows, 7).map((j) => j + 1)).toEqual(kept);
  });

  test('more columns than rows', () => {
    const x = Float64Array.from({ length: 24 }, (_, at) => Math.sin((Math.floor(at / 6) + 1) * ((at % 6) + 1)));
    expect(independentColumns(x, 4, 6).map((j) => j + 1)).toEqual(pieces.wide);
  });

  test('zero columns, huge and tiny ones', () => {
    const x = Float64Array.from([1, 0, 1e200, 1e-200, 1, 0, 2e200, 3e-200, 1, 0, -1e200, 0]);
    expect(independentColumns(x, 3, 4)).toEqual([0, 2, 3]);
    expect(independentColumns(new Float64Array(0), 3, 0)).toEqual([]);
  });
});
