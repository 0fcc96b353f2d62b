/**
 * Structured covariances against glmmTMB and nlme (scripts/reference/covariance-structures.R). Log-likelihood 1e-6 relative, estimates 1e-4
 * standard errors, as everywhere; standard errors to 5e-3 because glmmTMB differences a Hessian in log standard deviations, and in linear
 * models takes those of the fixed effects from all parameters together.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { referenceTable } from '../helpers/reference.js';

interface StructuredReference {
  readonly id: string;
  readonly dataset: string;
  readonly formula: string;
  readonly family: FamilyName;
  readonly link: LinkName;
  readonly REML: boolean;
  readonly factors: string | string[];
  readonly logLik: number;
  readonly fixef: number[];
  readonly se: number[];
  readonly random: readonly { sd: number[]; correlation: number[][] | number[] }[];
}

const references = JSON.parse(readFileSync(new URL('../fixtures/fits/covariance-structures.json', import.meta.url), 'utf8')) as StructuredReference[];

const LEVELS: Readonly<Record<string, string[]>> = {
  period: ['1', '2', '3', '4'],
  trt: ['placebo', 'progabide'], livch: ['0', '1', '2', '3+'], use: ['N', 'Y'], urban: ['N', 'Y'], recipe: ['A', 'B', 'C'],
};

describe.each(references)('$id', (reference) => {
  test('fit', async () => {
    const coded = [reference.factors].flat().filter((name) => name in LEVELS);
    const table = referenceTable(reference.dataset, Object.fromEntries(coded.map((name) => [name, { levels: LEVELS[name]!, ordered: false, contrasts: null }])));
    const linear = reference.family === 'gaussian';
    const fit = await glmm(reference.formula, table, { family: reference.family, link: reference.link, ...(linear ? { REML: reference.REML } : {}) });
    expect(fit.status).toBe('converged');
    expect(Math.abs(fit.logLik / reference.logLik - 1)).toBeLessThan(1e-6);
    const beta = fit.coefficients();
    reference.fixef.forEach((value, j) => {
      expect(Math.abs(beta[j]!.estimate - value)).toBeLessThan(1e-4 * reference.se[j]!);
      expect(Math.abs(beta[j]!.std_error / reference.se[j]! - 1)).toBeLessThan(5e-3);
    });
    fit.VarCorr.forEach(({ sd, correlation }, t) => {
      // A structure that glmmTMB lacks was fitted as independent effects of a finer factor: one standard deviation.
      const theirs = reference.random[t]!;
      sd.forEach((value, j) => { expect(Math.abs(value / theirs.sd[j % theirs.sd.length]! - 1)).toBeLessThan(1e-4); });
      if (theirs.sd.length > 1) correlation.forEach((row, i) => { row.forEach((value, j) => { expect(Math.abs(value - (theirs.correlation[i] as number[])[j]!)).toBeLessThan(1e-4); }); });
    });
  });
});
