/** MPL and REMPL against dense algebra in R (scripts/reference/pseudo-likelihood.R). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { readCsv } from '../../src/table/csv.js';

interface Reference { readonly id: string; readonly method: 'MPL' | 'REMPL'; readonly fixef: number[]; readonly se: number[]; readonly sd: number[] }

const references = JSON.parse(readFileSync(new URL('../fixtures/fits/pseudo-likelihood.json', import.meta.url), 'utf8')) as Reference[];
const table = (name: string) => readCsv(readFileSync(new URL(`../../data/${name}.csv`, import.meta.url), 'utf8'), name === 'cbpp' ? { types: { period: 'factor' } } : {});
const MODELS: Record<string, [string, GlmmOptions]> = {
  cbpp: ['cbind(incidence, size - incidence) ~ period + (1 | herd)', { family: 'binomial' }],
  epil: ['y ~ lbase + trt + V4 + (Visit | subject)', { family: 'poisson' }],
};

describe.each(references)('$id $method', ({ id, method, fixef, se, sd }) => {
  test('estimates and standard errors', async () => {
    const [formula, options] = MODELS[id]!;
    const fit = await glmm(formula, table(id), { ...options, fitMethod: method });
    const rows = fit.coefficients();
    rows.forEach((row, i) => {
      expect(Math.abs(row.estimate - fixef[i]!) / se[i]!).toBeLessThan(1e-4);
      expect(row.std_error / se[i]!).toBeCloseTo(1, 5);
    });
    fit.VarCorr[0]!.sd.forEach((value, i) => { expect(value / sd[i]!).toBeCloseTo(1, 4); });
    expect(fit.toJSON().method).toBe(method.toLowerCase());
    expect(String(fit.summary())).toContain(`pseudo-likelihood (${method})`);
    expect(fit.status).toBe('converged');
  });
});

test('what pseudo-likelihood refuses', async () => {
  const [formula, options] = MODELS.cbpp!;
  await expect(glmm(formula, table('cbpp'), { ...options, fitMethod: 'MPLE' as 'MPL' })).rejects.toThrow(/unknown fitMethod 'MPLE'/);
  await expect(glmm(formula, table('cbpp'), { ...options, fitMethod: 'MPL', nAGQ: 9 })).rejects.toThrow(/leave nAGQ out/);
  await expect(glmm('y ~ lbase + (1 | subject)', table('epil'), { family: 'nbinom2', fitMethod: 'MPL' })).rejects.toThrow(/not for nbinom2/);
  await expect(glmm('lage ~ lbase + (1 | subject)', table('epil'), { family: 'gaussian', fitMethod: 'REMPL' })).rejects.toThrow(/use REML/);
  const fit = await glmm(formula, table('cbpp'), { ...options, fitMethod: 'MPL' });
  await expect(fit.bootstrap({ nsim: 10, seed: 1 })).rejects.toThrow(/fitted by MPL/);
});

test('the variance of a standard deviation is the inverse curvature of the profiled criterion of the last working response', async () => {
  const [formula, options] = MODELS.cbpp!;
  const fit = await glmm(formula, table('cbpp'), { ...options, fitMethod: 'MPL' });
  const { nobs, x, fixedNames: { length: p }, trials, random } = fit.design;
  const eta = fit.predict({ type: 'link' }).fit;
  const rows = Array.from({ length: nobs }, (_, i) => {
    const mu = 1 / (1 + Math.exp(-eta[i]!));
    return { w: trials![i]! * mu * (1 - mu), z: eta[i]! + (fit.response[i]! / trials![i]! - mu) / (mu * (1 - mu)), x: x.subarray(i * p, (i + 1) * p), g: random[0]!.index[i]! };
  });
  const herds = random[0]!.levels.map((_, g) => rows.filter((row) => row.g === g));
  // V = 1/W + θ² within a herd: V⁻¹ by Sherman and Morrison; β by generalised least squares.
  const criterion = (theta: number): number => {
    const cross = (a: (row: typeof rows[number]) => number, b: (row: typeof rows[number]) => number): number => herds.reduce((total, herd) => {
      const sum = (f: (row: typeof rows[number]) => number): number => herd.reduce((s, row) => s + row.w * f(row), 0);
      return total + sum((row) => a(row) * b(row)) - (theta ** 2 * sum(a) * sum(b)) / (1 + theta ** 2 * sum(() => 1));
    }, 0);
    const logDet = herds.reduce((s, herd) => s + Math.log(1 + theta ** 2 * herd.reduce((t, row) => t + row.w, 0)), 0);
    const beta = solve(Array.from({ length: p }, (_, j) => [...Array.from({ length: p }, (__, k) => cross((row) => row.x[j]!, (row) => row.x[k]!)), cross((row) => row.x[j]!, (row) => row.z)]));
    const rest = (row: typeof rows[number]): number => row.z - row.x.reduce((s, value, j) => s + value * beta[j]!, 0);
    return -0.5 * (logDet + cross(rest, rest));
  };
  const theta = fit.theta[0]!;
  const h = 1e-3;
  const curvature = (criterion(theta + h) - 2 * criterion(theta) + criterion(theta - h)) / h ** 2;
  const k = fit.params.length;
  expect(fit.metric[p * k + p]! * -curvature).toBeCloseTo(1, 4);
});

/** Gauss–Jordan elimination of a small positive definite system [A | b]. */
function solve(system: number[][]): number[] {
  system.forEach((pivot, j) => {
    const scale = pivot[j]!;
    pivot.forEach((value, c) => { pivot[c] = value / scale; });
    system.forEach((row, i) => {
      const factor = row[j]!;
      if (i !== j) row.forEach((value, c) => { row[c] = value - factor * pivot[c]!; });
    });
  });
  return system.map((row) => row.at(-1)!);
}
