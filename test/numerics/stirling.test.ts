/** Remainders of Stirling's formula and the gamma density that is made of them, against R. */
import { describe, expect, test } from 'vitest';
import { gammaCore } from '../../src/families/scale-cores.js';
import { corePoint } from '../../src/families/row.js';
import { binet, logExcess, logMinusDigamma } from '../../src/numerics/stirling.js';

test('log x − ψ(x), by R, the last by hand', () => {
  const expected: [number, number][] = [[0.5, 1.2703628454614777], [3, 0.17582795356964231], [29, 0.01734045592163902], [31, 0.016215738466287988], [1e6, 5.00000083333333e-7]];
  for (const [x, value] of expected) expect(Math.abs(logMinusDigamma(x) / value - 1)).toBeLessThan(1e-11);
});

test('Binet’s function: the recurrence of the gamma function holds across the change of formula', () => {
  // log Γ(x + 1) − log Γ(x) = log x.
  for (const x of [0.2, 5, 29.5, 40, 1e3]) expect(binet(x + 1) - binet(x)).toBeCloseTo(1 - (x + 0.5) * Math.log1p(1 / x), 13);
  expect(binet(1)).toBeCloseTo(1 - 0.5 * Math.log(2 * Math.PI), 14);
});

test('x − log(1 + x) keeps its digits near zero', () => {
  for (const x of [-0.02, -1e-9, 1e-12, 0.0199]) {
    const series = x * x * (1 / 2 - x * (1 / 3 - x * (1 / 4 - x * (1 / 5 - x * (1 / 6 - x * (1 / 7 - x * (1 / 8 - x * (1 / 9 - x / 10))))))));
    expect(Math.abs(logExcess(x) / series - 1)).toBeLessThan(1e-14);
  }
  expect(logExcess(3)).toBeCloseTo(3 - Math.log(4), 15);
});

describe('gamma densities of mean 1, by R', () => {
  test.each([
    [1e9, 1 + 3e-5, 8.99267338543627], [1e9, 1 - 2e-5, 9.24271171867615], [1e9, 1.00001, 9.39268471856603], [250, 0.9, 0.606690193772145], [250, 1.3, -7.82983955502383],
    [1e-3, 1e-200, 453.142414939548], [1e-3, 0.3, -5.71161780914123], [1e-3, 4, -8.30299470742161],
  ])('shape %d at %d', (shape, y, expected) => {
    const point = corePoint();
    gammaCore(0, y, 1, Math.log(shape), point);
    expect(Math.abs(point.value - expected)).toBeLessThan(1e-6 * (shape > 1e6 ? 1 : 1e-6));
  });
});
