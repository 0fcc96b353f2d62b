/** The cumulative logit's own code in the far tails, where f(u)/N and log N are known in closed form. */
import { expect, test } from 'vitest';
import { cumulativeLogitModeSums, evaluateCumulativeLogit } from '../../src/families/cumulative-logit.js';
import { ALL_PARTS, derivativeRows } from '../../src/families/family.js';

const [low, high] = [-0.6, 0.9];
const c = 1 - Math.exp(low - high);

function row(eta: number, lower: number, upper: number) {
  const out = derivativeRows(1, 2);
  const limits = [Float64Array.of(lower), Float64Array.of(upper)];
  const one = Float64Array.of(1);
  const value = evaluateCumulativeLogit(Float64Array.of(eta), one, one, one, 0, 1, ALL_PARTS, out, limits);
  const sums = new Float64Array(3);
  cumulativeLogitModeSums(new Float64Array(1), one, eta, one, one, one, 0, 1, sums, limits);
  expect(sums[0]).toBeCloseTo(out.d1[0]!, 14);
  expect(sums[1]).toBeCloseTo(out.w[0]!, 14);
  expect(sums[2]).toBeCloseTo(out.dw[0]!, 14);
  return { value, d1: out.d1[0]!, lower: out.auxiliary[0]!.value[0]!, upper: out.auxiliary[1]!.value[0]! };
}

test.each([40, 200, 320, 600, 720, 5000])('a middle category at η = ±%d', (eta) => {
  const above = row(eta, low, high);
  // F(x) → e^x: N = e^{high − η} c, d1 = −1.
  expect(above.value).toBeCloseTo(high - eta + Math.log(c), 10);
  expect(above.d1).toBeCloseTo(-1, 14);
  expect(above.upper).toBeCloseTo(1 / c, 12);
  expect(above.lower).toBeCloseTo(-(1 / c - 1), 12);
  const below = row(-eta, low, high);
  expect(below.value).toBeCloseTo(-eta - low + Math.log(c), 10);
  expect(below.d1).toBeCloseTo(1, 14);
  expect(below.lower).toBeCloseTo(-1 / c, 12);
  expect(below.upper).toBeCloseTo(1 / c - 1, 12);
});

test.each([0.3, 40, 720, 5000])('the end categories at η = ±%d', (eta) => {
  const first = row(eta, -Infinity, low);
  expect(first.value).toBeCloseTo(-Math.log1p(Math.exp(-Math.abs(eta - low))) - Math.max(eta - low, 0), 10);
  expect(first.lower).toBe(-0);
  expect(first.upper).toBeCloseTo(1 / (1 + Math.exp(low - eta)), 12);
  const last = row(-eta, high, Infinity);
  expect(last.upper).toBe(0);
  expect(last.lower).toBeCloseTo(-1 / (1 + Math.exp(-high - eta)), 12);
});

test('a narrow gap keeps its digits', () => {
  const { value } = row(0.4, 0, 1e-9);
  const F = 1 / (1 + Math.exp(0.4));
  expect(value).toBeCloseTo(Math.log(F * (1 - F) * 1e-9), 8);
});
