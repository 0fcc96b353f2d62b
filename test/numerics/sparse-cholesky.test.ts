/** Sparse factorisation, solutions and selected inverse against dense ones, with and without a dense tail. */
import { describe, expect, test } from 'vitest';
import { inverse as denseInverse, factor as denseFactor, logDeterminant } from '../../src/numerics/cholesky.js';
import { createDenseCholesky } from '../../src/numerics/dense-cholesky.js';
import { SparseCholesky, analyse, entryOf } from '../../src/numerics/sparse-cholesky.js';
import { generator } from '../helpers/designs.js';

/** A positive definite matrix like those of crossed factors: first columns independent of one another, each with a few rows of the last. */
function crossed(lead: number, last: number, perColumn: number, seed: number): { size: number; dense: Float64Array; below: number[][] } {
  const random = generator(seed);
  const size = lead + last;
  const dense = new Float64Array(size * size);
  const below = Array.from({ length: size }, (): number[] => []);
  for (let j = 0; j < lead; j++) {
    for (let k = 0; k < perColumn; k++) {
      const row = lead + Math.floor(random() * last);
      below[j]!.push(row);
      dense[row * size + j] = dense[j * size + row] = random() - 0.5;
    }
  }
  for (let i = 0; i < size; i++) dense[i * size + i] = 1 + dense.subarray(i * size, (i + 1) * size).reduce((sum, value) => sum + Math.abs(value), 0);
  return { size, dense, below };
}

describe.each([
  ['no tail', 30, 20, 2, 0], ['a tail of 60', 200, 60, 4, 60], ['a tail over several blocks', 400, 150, 6, 150], ['a diagonal', 0, 64, 0, 0],
])('%s', (_, lead, last, perColumn, atLeast) => {
  const { size, dense, below } = crossed(lead, last, perColumn, 7);
  const symbolic = analyse(size, below);
  const cholesky = new SparseCholesky(symbolic);
  const values = new Float64Array(symbolic.rows.length);
  const fill = (): void => {
    for (let j = 0; j < size; j++) for (let at = symbolic.starts[j]!; at < symbolic.starts[j + 1]!; at++) values[at] = dense[symbolic.rows[at]! * size + j]!;
  };

  test('has the tail it should have', () => {
    expect(size - symbolic.tail).toBeGreaterThanOrEqual(atLeast * 0.9);
    for (let j = symbolic.tail; j < size; j++) expect(symbolic.starts[j + 1]! - symbolic.starts[j]!).toBe(size - j);
  });

  test('determinant, solution and selected inverse', () => {
    const expected = denseInverse(dense, size)!;
    const root = dense.slice();
    denseFactor(root, size);
    // Twice: nothing of the first factorisation is left in the second.
    for (let pass = 0; pass < 2; pass++) {
      fill();
      expect(cholesky.factor(values)).toBe(true);
      expect(cholesky.logDeterminant(values)).toBeCloseTo(logDeterminant(root, size), 9);
      const b = Float64Array.from({ length: size }, (__, i) => Math.sin(i));
      const solution = b.slice();
      cholesky.solveLower(values, solution);
      cholesky.solveUpper(values, solution);
      for (let i = 0; i < size; i += 7) {
        let sum = 0;
        for (let j = 0; j < size; j++) sum += dense[i * size + j]! * solution[j]!;
        expect(sum).toBeCloseTo(b[i]!, 11);
      }
      const out = new Float64Array(values.length);
      cholesky.selectedInverse(values, out);
      let largest = 0;
      for (let j = 0; j < size; j++) {
        for (let at = symbolic.starts[j]!; at < symbolic.starts[j + 1]!; at++) {
          largest = Math.max(largest, Math.abs(out[at]! - expected[symbolic.rows[at]! * size + j]!));
        }
      }
      expect(largest).toBeLessThan(1e-14);
    }
  });

  test('a matrix that is not positive definite is refused, in every part, and the next one is factored', () => {
    for (const j of [0, Math.floor(size / 2), size - 1]) {
      fill();
      values[entryOf(symbolic, j, j)] = -1;
      expect(cholesky.factor(values)).toBe(false);
    }
    fill();
    expect(cholesky.factor(values)).toBe(true);
  });
});

test.each([1, 15, 16, 17, 40, 257, 300])('a dense matrix of %i rows', (size) => {
  const random = generator(size);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) matrix[i * size + j] = matrix[j * size + i] = i === j ? size : random() - 0.5;
  const expected = denseInverse(matrix, size)!;
  const root = matrix.slice();
  denseFactor(root, size);
  const dense = createDenseCholesky(size);
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) dense.matrix[i * dense.stride + j] = matrix[i * size + j]!;
  expect(dense.factor()).toBe(true);
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) expect(Math.abs(dense.matrix[i * dense.stride + j]! - root[i * size + j]!)).toBeLessThan(1e-13 * size);
  dense.invert();
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) expect(Math.abs(dense.matrix[i * dense.stride + j]! - expected[i * size + j]!)).toBeLessThan(1e-14);
});
