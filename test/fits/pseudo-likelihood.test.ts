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
