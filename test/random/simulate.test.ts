import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Design, RandomTerm } from '../../src/model/design.js';
import { createSimulator } from '../../src/random/simulate.js';

const term = (group: string, levels: number, index: readonly number[], z: readonly number[], names = ['(Intercept)']): RandomTerm => ({
  group, names, levels: Array.from({ length: levels }, (_, l) => `${l}`), index: Int32Array.from(index), z: Float64Array.from(z),
  covariance: 'unstructured',
});

/** n rows, an intercept, one random intercept with `groups` levels in turn. */
function intercepts(n: number, groups: number, more: Partial<Design> = {}): Design {
  const rows = Array.from({ length: n }, (_, i) => i);
  return {
    nobs: n, fixedNames: ['(Intercept)'], x: new Float64Array(n).fill(1), random: [term('g', groups, rows.map((i) => i % groups), rows.map(() => 1))],
    family: 'binomial', link: 'logit', trials: null, weights: null, offset: null, auxiliary: [], ...more,
  };
}

function draws(design: Design, params: readonly number[], replicates: number, seed = 1, options = {}): Float64Array[] {
  const simulator = createSimulator(design, Float64Array.from(params), options);
  return Array.from({ length: replicates }, (_, r) => {
    const out = new Float64Array(design.nobs);
    simulator.simulate(r, seed, out, 0);
    return out;
  });
}

describe('createSimulator', () => {
  test('replicate i depends on (seed, i) alone: not on order, place in the output or earlier calls', () => {
    const design = intercepts(30, 4, { trials: Float64Array.from({ length: 30 }, (_, i) => 1 + 13 * i) });
    const all = draws(design, [-0.5, 0.8], 6);
    const simulator = createSimulator(design, Float64Array.of(-0.5, 0.8));
    const out = new Float64Array(95).fill(-1);
    for (const r of [5, 0, 3]) {
      simulator.simulate(r, 1, out, 33);
      expect([...out.subarray(33, 63)]).toEqual([...all[r]!]);
    }
    expect([...out.subarray(0, 33), ...out.subarray(63)].every((value) => value === -1)).toBe(true);
    expect([...draws(design, [-0.5, 0.8], 1, 2)[0]!]).not.toEqual([...all[0]!]);
  });

  test('an observation does not move when another one changes its mean', () => {
    const trials = new Float64Array(20).fill(300);
    const base = draws(intercepts(20, 5, { trials }), [0.2, 0.5], 4);
    const offset = new Float64Array(20);
    offset[7] = 3;
    const moved = draws(intercepts(20, 5, { trials, offset }), [0.2, 0.5], 4);
    base.forEach((y, r) => {
      y.forEach((value, i) => {
        if (i !== 7) expect(moved[r]![i]).toBe(value);
      });
    });
  });

  test('Poisson responses have the mean, variance and within-group covariance of the model', () => {
    // E y = exp(β + σ²/2) =: m, Var y = m + m² (e^σ² − 1), Cov within a group = m² (e^σ² − 1).
    const [beta, sigma] = [0.7, 0.5];
    const design = intercepts(2, 1, { family: 'poisson', link: 'log' });
    const n = 60_000;
    const samples = draws(design, [beta, sigma], n);
    const m = Math.exp(beta + (sigma * sigma) / 2);
    const covariance = m * m * Math.expm1(sigma * sigma);
    const mean = samples.reduce((sum, y) => sum + y[0]!, 0) / n;
    const variance = samples.reduce((sum, y) => sum + (y[0]! - m) ** 2, 0) / n;
    const within = samples.reduce((sum, y) => sum + (y[0]! - m) * (y[1]! - m), 0) / n;
    expect(Math.abs(mean - m)).toBeLessThan(5 * Math.sqrt((m + covariance) / n));
    // Standard errors of second moments are below 3·variance/√n for these tails.
    expect(Math.abs(variance - m - covariance)).toBeLessThan((12 * (m + covariance)) / Math.sqrt(n));
    expect(Math.abs(within - covariance)).toBeLessThan((12 * (m + covariance)) / Math.sqrt(n));
  });

  test('vector effects of one factor have the covariance ΛΛᵀ', () => {
    // One level, rows with z = (1, 0) and (0, 1): identity-like reading through a Poisson with a large mean.
    const base = Math.log(1e8);
    const design: Design = {
      ...intercepts(2, 1), family: 'poisson', link: 'log', random: [term('g', 1, [0, 0], [1, 0, 0, 1], ['(Intercept)', 'x'])],
    };
    const theta = [0.6, -0.3, 0.4];
    const n = 40_000;
    const samples = draws(design, [base, ...theta], n).map((y) => [Math.log(y[0]!) - base, Math.log(y[1]!) - base] as const);
    const moment = (i: 0 | 1, j: 0 | 1): number => samples.reduce((sum, b) => sum + b[i] * b[j], 0) / n;
    expect(Math.abs(moment(0, 0) - 0.36)).toBeLessThan(0.36 * 5 * Math.sqrt(2 / n) + 1e-6);
    expect(Math.abs(moment(1, 1) - 0.25)).toBeLessThan(0.25 * 5 * Math.sqrt(2 / n) + 1e-6);
    expect(Math.abs(moment(0, 1) + 0.18)).toBeLessThan((5 * Math.sqrt(0.36 * 0.25 + 0.18 ** 2)) / Math.sqrt(n) + 1e-6);
  });

  test('several factors: independent effects, each shared within its level', () => {
    const design: Design = {
      ...intercepts(4, 1), family: 'poisson', link: 'log',
      random: [term('a', 2, [0, 0, 1, 1], [1, 1, 1, 1]), term('b', 2, [0, 1, 0, 1], [1, 1, 1, 1])],
    };
    const base = Math.log(1e10);
    const n = 20_000;
    const samples = draws(design, [base, 0.5, 0.3], n).map((y) => Array.from(y, (value) => Math.log(value) - base));
    const moment = (i: number, j: number): number => samples.reduce((sum, b) => sum + b[i]! * b[j]!, 0) / n;
    const close = (got: number, expected: number): void => {
      expect(Math.abs(got - expected)).toBeLessThan((5 * 0.34 * Math.SQRT2) / Math.sqrt(n));
    };
    close(moment(0, 0), 0.25 + 0.09);
    close(moment(0, 1), 0.25);
    close(moment(0, 2), 0.09);
    close(moment(0, 3), 0);
  });

  test('given modes are kept: only the responses vary', () => {
    const design = intercepts(3, 3, { family: 'poisson', link: 'log' });
    const base = Math.log(1e9);
    const samples = draws(design, [base, 2], 50, 1, { modes: Float64Array.of(-1, 0, 0.5) });
    for (const y of samples) {
      [-2, 0, 1].forEach((effect, i) => { expect(Math.log(y[i]!) - base).toBeCloseTo(effect, 3); });
    }
    expect(new Set(samples.map((y) => y[1])).size).toBe(50);
  });

  test('a model of a batch with its own rows draws as the design with those rows would', () => {
    const n = 12;
    const own = intercepts(n, 4, {
      x: Float64Array.from({ length: n }, (_, i) => i / 10), trials: new Float64Array(n).fill(9), offset: Float64Array.from({ length: n }, (_, i) => -i / 5),
    });
    const out = new Float64Array(n);
    createSimulator(intercepts(n, 4), Float64Array.of(0.3, 0.7)).simulate(2, 8, out, 0, {
      x: own.x, z: own.random[0]!.z, trials: own.trials!, offset: own.offset!,
    });
    expect([...out]).toEqual([...draws(own, [0.3, 0.7], 3, 8)[2]!]);
  });

  test('own group sizes: rows level by level, rows beyond them are 0', () => {
    const sorted = { ...intercepts(6, 1), random: [term('g', 3, [0, 0, 0, 2, 2, 2], [1, 1, 1, 1, 1, 1])], trials: new Float64Array(6).fill(100) };
    const design = intercepts(8, 3, { trials: new Float64Array(8).fill(100) });
    const out = new Float64Array(8).fill(5);
    createSimulator(design, Float64Array.of(0.5, 1)).simulate(0, 1, out, 0, { groupSizes: Int32Array.of(3, 0, 3), x: new Float64Array(8).fill(1) });
    expect([...out.subarray(0, 6)]).toEqual([...draws(sorted, [0.5, 1], 1)[0]!]);
    expect([...out.subarray(6)]).toEqual([0, 0]);
  });

  test('a log link whose mean leaves [0, 1] draws NaN, not a wrong count', () => {
    const [y] = draws(intercepts(5, 5, { link: 'log' }), [1, 0], 1);
    expect(y!.every(Number.isNaN)).toBe(true);
  });

  test('property: draws are counts within their sizes for any parameters', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 40, noNaN: true }), fc.double({ min: -20, max: 20, noNaN: true }), fc.integer({ min: 0, max: 2 ** 40 }),
        fc.constantFrom('logit', 'probit', 'cloglog', 'cauchit'), fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 6, maxLength: 6 }),
        (beta, sigma, seed, link, sizes) => {
          const trials = Float64Array.from(sizes);
          const [y] = draws(intercepts(6, 2, { trials, link: link as Design['link'] }), [beta, sigma], 1, seed);
          return y!.every((value, i) => Number.isInteger(value) && value >= 0 && value <= trials[i]!);
        },
      ),
      { numRuns: 300 },
    );
  });
});
