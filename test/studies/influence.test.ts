import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { influence } from '../../src/studies/influence.js';
import { glmmImputed, pool } from '../../src/studies/pool.js';
import { referenceTable } from '../helpers/reference.js';
import type { Table } from '../../src/table/table.js';

interface Case { group: string; units: (string | number)[]; dfbeta: number[][]; dfbetas: number[][]; cooks: number[]; varcov: number[][] }
interface Pooled { qbar: number; t: number; df: number; r: number; fmi: number }
const reference = JSON.parse(readFileSync(new URL('../fixtures/studies/influence.json', import.meta.url), 'utf8')) as { cases: Record<'cbpp' | 'sleepstudy', Case>; pooled: Pooled[] };

const factor = { levels: [] as string[], ordered: false, contrasts: null };
const cbpp = referenceTable('cbpp', { period: { ...factor, levels: ['1', '2', '3', '4'] } });
const sleepstudy = referenceTable('sleepstudy', {});
const RUN = { backend: 'cpu', workers: 1 } as const;
const fits: Record<'cbpp' | 'sleepstudy', Promise<GlmmFit>> = {
  cbpp: glmm('cbind(incidence, size - incidence) ~ period + (1 | herd)', cbpp, { family: 'binomial' }),
  sleepstudy: glmm('RT ~ Days + (1 | Subject)', sleepstudy, { family: 'gaussian' }),
};

describe.each(['cbpp', 'sleepstudy'] as const)('%s without each level', (name) => {
  const expected = reference.cases[name];

  test('changes, Cook\'s distances and variances are those of lme4', async () => {
    const fit = await fits[name];
    const { rows, parameters } = await influence(fit, { by: expected.group, ...RUN });
    const p = fit.design.fixedNames.length;
    const errors = fit.coefficients().map((row) => row.std_error);
    expect(rows.map((row) => row.unit).sort()).toEqual(expected.units.map(String).sort());
    // lme4's refits use its default tolerances.
    expected.units.forEach((unit, i) => {
      const row = rows.find((one) => one.unit === String(unit))!;
      expect(row.status === 'converged' || row.status === 'boundary').toBe(true);
      for (let j = 0; j < p; j++) {
        expect(Math.abs(row.dfbeta[j]! - expected.dfbeta[i]![j]!) / errors[j]!).toBeLessThan(4e-3);
        expect(Math.abs(row.dfbetas[j]! - expected.dfbetas[i]![j]!)).toBeLessThan(0.015);
      }
      // lme4 multiplies by (units − p) / units.
      const units = expected.units.length;
      expect(Math.abs(row.cooks_distance * ((units - p) / units) - expected.cooks[i]!)).toBeLessThan(2e-3);
      const sd = (parameter: string): number => fit.params[parameters.indexOf(parameter)]! + row.dfbeta[parameters.indexOf(parameter)]!;
      expect(Math.abs(sd(`sd_(Intercept)|${expected.group}`) - Math.sqrt(expected.varcov[i]![1]!)) / sd(`sd_(Intercept)|${expected.group}`)).toBeLessThan(2e-3);
    });
  });
});

test('leaving out equals dropping the rows', async () => {
  const fit = await fits.cbpp;
  const { rows } = await influence(fit, { by: 'rows', ...RUN });
  const without = await glmm('cbind(incidence, size - incidence) ~ period + (1 | herd)', cbpp, { family: 'binomial', subset: [...Array(56).keys()].filter((i) => i !== 10) });
  expect(rows).toHaveLength(56);
  without.params.forEach((value, j) => { expect(fit.params[j]! + rows[10]!.dfbeta[j]!).toBeCloseTo(value, 4); });
  expect(rows[10]!.logLik).toBeCloseTo(without.logLik, 6);
  await expect(influence(fit, { by: 'heard', ...RUN })).rejects.toThrow(/'heard' is no grouping factor of the model; use herd, rows \(did you mean 'herd'/);
});

describe('multiple imputation', () => {
  const imputed = Array.from({ length: 5 }, (_, i): Table => {
    const columns = new Map(sleepstudy.columns);
    const [days, rt] = ['Days', 'RT'].map((name) => (columns.get(name) as { values: Float64Array }).values);
    columns.set('RT', { kind: 'numeric', values: rt!.map((value, row) => (row % 9 === 8 ? 250 + 20 * (i + 1) + 9 * (i + 1) * days![row]! : value)) });
    return { nrow: sleepstudy.nrow, columns };
  });

  test('pooled estimates, degrees of freedom and missing information are those of mice', async () => {
    const pooled = await glmmImputed('RT ~ Days + (1 | Subject)', imputed, { family: 'gaussian' });
    expect(pooled.m).toBe(5);
    pooled.fixed.forEach((row, j) => {
      const { qbar, t, df, r, fmi } = reference.pooled[j]!;
      expect(row.estimate / qbar).toBeCloseTo(1, 6);
      expect(row.std_error / Math.sqrt(t)).toBeCloseTo(1, 5);
      expect(row.df / df).toBeCloseTo(1, 4);
      expect(row.riv / r).toBeCloseTo(1, 4);
      expect(row.fmi / fmi).toBeCloseTo(1, 4);
      expect(row.conf_low).toBeLessThan(row.estimate);
    });
  });

  test('what cannot be pooled is refused', async () => {
    const fit = await fits.sleepstudy;
    expect(() => pool([fit])).toThrow(/at least two imputations/);
    const other = await glmm('RT ~ 1 + (1 | Subject)', sleepstudy, { family: 'gaussian' });
    expect(() => pool([fit, other])).toThrow(/imputation 2 has other fixed effects/);
    const unknown = Object.create(fit, { vcov: { value: [[1, 0], [0, NaN]] } }) as GlmmFit;
    expect(() => pool([fit, unknown])).toThrow(/imputation 2 has no standard error of Days/);
  });
});
