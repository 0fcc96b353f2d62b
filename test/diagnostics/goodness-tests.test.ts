import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { binomialTest, shapiroWilk, simulationTest, uniformityTest } from '../../src/diagnostics/goodness-tests.js';

const known = JSON.parse(readFileSync(new URL('../fixtures/diagnostics/goodness-tests.json', import.meta.url), 'utf8')) as {
  shapiro: { x: number[]; w: number; p: number }[];
  uniformity: { x: number[]; d: number; p: number }[];
  binomial: { k: number; n: number; p: number; value: number }[];
};

test('Shapiro–Wilk', () => {
  for (const { x, w, p } of known.shapiro) {
    const result = shapiroWilk(x)!;
    expect(result.statistic).toBeCloseTo(w, 5);
    expect(Math.abs(result.p_value - p)).toBeLessThan(2e-4);
  }
  expect(shapiroWilk([1, 2, 3])).toBeNull();
  expect(shapiroWilk([2, 2, 2, 2, 2])).toBeNull();
});

test('uniformity: the distance exactly, its probability as the correction promises', () => {
  for (const { x, d, p } of known.uniformity) {
    const result = uniformityTest(x);
    expect(result.statistic).toBeCloseTo(d, 10);
    expect(Math.abs(result.p_value - p)).toBeLessThan(p < 0.1 ? 3e-3 : 0.02);
  }
});

test('exact binomial test', () => {
  for (const { k, n, p, value } of known.binomial) expect(binomialTest(k, n, p)).toBeCloseTo(value, 9);
});

test('a value among draws', () => {
  const draws = Array.from({ length: 99 }, (_, i) => i);
  expect(simulationTest(-1, draws)).toBeCloseTo(0.02);
  expect(simulationTest(49, draws)).toBe(1);
});
