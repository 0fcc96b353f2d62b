import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fillNormals, STREAM } from '../../src/random/stream.js';
import { type LrtMethod, chibarTail, lrtRows } from '../../src/studies/lrt-p-values.js';
import type { Nesting } from '../../src/studies/nesting.js';

interface Formulas { replicates: number[]; statistic: number; df: number; p: Record<string, number>; ddf: number }
const { formulas } = JSON.parse(readFileSync(new URL('../fixtures/studies/pbkrtest.json', import.meta.url), 'utf8')) as { formulas: Formulas };

const nesting = (df: number, variances = 0): Nesting => ({ df, variances, otherwiseFree: true, variancePlaces: null, embed: () => null });

test('the formulas are those of pbkrtest', () => {
  const rows = lrtRows(formulas.statistic, Float64Array.from(formulas.replicates), nesting(1));
  const names: Partial<Record<LrtMethod, string>> = { bootstrap: 'PBtest', bartlett: 'Bartlett', gamma: 'Gamma', f: 'F', chisq: 'LRT' };
  for (const row of rows) {
    const name = names[row.method];
    if (name !== undefined) expect(row.p_value / formulas.p[name]!).toBeCloseTo(1, 9);
  }
  expect(rows.find((row) => row.method === 'f')!.ddf! / formulas.ddf).toBeCloseTo(1, 9);
});

describe('a variance on the boundary', () => {
  // Half of the null statistics are zero, the others χ²(1): here exactly its quantiles.
  const quantiles = Float64Array.from({ length: 2000 }, (_, i) => chisq1Quantile((i + 0.5) / 2000));
  const replicates = Float64Array.from([...quantiles, ...new Float64Array(2000)]);
  const p = (method: LrtMethod): number => lrtRows(2.7055434541, replicates, nesting(1, 1)).find((row) => row.method === method)!.p_value;

  test('simulated p-values and the mixture agree, χ² doubles them', () => {
    expect(p('chisq')).toBeCloseTo(0.1, 6);
    expect(p('chibarsq')).toBeCloseTo(0.05, 6);
    for (const method of ['bootstrap', 'bartlett', 'gamma'] as const) expect(Math.abs(p(method) - 0.05)).toBeLessThan(0.002);
  });

  test('a statistic of zero has p-value 1; several variances have no mixture that is known', () => {
    const rows = lrtRows(0, replicates, nesting(1, 1));
    expect(rows.find((row) => row.method === 'chibarsq')!.p_value).toBe(1);
    for (const method of ['bootstrap', 'bartlett', 'gamma'] as const) expect(rows.find((row) => row.method === method)!.p_value).toBe(1);
    // What the fits leave open is no difference from zero.
    expect(lrtRows(1e-9, replicates, nesting(1, 1))[0]!.p_value).toBe(1);
    expect(lrtRows(1, replicates, nesting(2, 2)).map((row) => row.method)).not.toContain('chibarsq');
  });

  test('tails far out keep their digits', () => {
    const far = lrtRows(400, replicates, nesting(1, 1));
    // Mean and variance of the positive replicates are those of χ²(1), or nearly.
    for (const method of ['bartlett', 'gamma'] as const) {
      const { p_value } = far.find((row) => row.method === method)!;
      expect(Math.log(p_value) / Math.log(0.5 * chibarTail(400, 1, 0))).toBeCloseTo(1, 1);
    }
  });

  test('without a variance there is no mixture', () => {
    expect(lrtRows(1, replicates, nesting(1, 0)).map((row) => row.method)).toEqual(['bootstrap', 'bartlett', 'gamma', 'f', 'chisq']);
  });
});

/** By bisection on P(|Z| ≤ √x), an independent road to the quantile: the error function by its series. */
function chisq1Quantile(probability: number): number {
  const cdf = (x: number): number => {
    const z = Math.sqrt(x / 2);
    let term = z;
    let sum = z;
    for (let k = 1; k < 200; k++) {
      term *= (-z * z) / k;
      sum += term / (2 * k + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  };
  let [low, high] = [0, 25];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < probability) low = middle;
    else high = middle;
  }
  return low;
}

test.each([[-0.6], [0], [0.5]])('two variances whose estimates have the correlation %d: the mixture is the distribution of the projection', (rho) => {
  const n = 40_000;
  const z = new Float64Array(2 * n);
  fillNormals(z, 2 * n, 1, 0, STREAM.randomEffects);
  // T is the part of z'V⁻¹z that a point of the positive quadrant explains.
  const p11 = 1 / (1 - rho * rho);
  const p12 = -rho * p11;
  const statistics = Array.from({ length: n }, (_, i) => {
    const a = z[2 * i]!;
    const b = rho * a + Math.sqrt(1 - rho * rho) * z[2 * i + 1]!;
    if (a >= 0 && b >= 0) return p11 * (a * a + b * b) + 2 * p12 * a * b;
    return Math.max(...[[a, b], [b, a]].map(([own, other]) => p11 * Math.max(0, own! + (p12 / p11) * other!) ** 2));
  });
  for (const t of [0.5, 2, 5]) {
    const share = statistics.filter((own) => own >= t).length / n;
    expect(Math.abs(chibarTail(t, 2, 2, rho) - share) / Math.sqrt((share * (1 - share)) / n)).toBeLessThan(4);
  }
});

test('weights of more variances are binomial, and add up to one', () => {
  expect(chibarTail(0, 3, 3)).toBe(1);
  expect(chibarTail(2, 5, 0)).toBe(chibarTail(2, 5, 0, 0.3));
  expect(chibarTail(3, 3, 3)).toBeCloseTo(0.375 * chibarTail(3, 1, 0) + 0.375 * chibarTail(3, 2, 0) + 0.125 * chibarTail(3, 3, 0), 12);
});
