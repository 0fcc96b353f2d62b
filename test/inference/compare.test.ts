import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { compare } from '../../src/inference/compare.js';
import { drop1 } from '../../src/inference/drop1.js';
import { chibarTail } from '../../src/studies/lrt-p-values.js';
import { CBPP, cbpp, cbppTable, contraceptionTable, epilTable, rValues, sleepstudy, sleepstudyTable } from './fits.js';

interface AnovaRow { npar: number; AIC: number; BIC: number; logLik: number; deviance: number; Chisq: number | null; Df: number | null; 'Pr(>Chisq)': number | null }
interface DropRow { row: string; npar: number | null; AIC: number; LRT: number | null; 'Pr(Chi)': number | null }
const reference = rValues<{ cbpp: AnovaRow[]; sleepstudy: AnovaRow[]; drop1: Record<'cbpp' | 'contraception' | 'sleepstudy', DropRow[]> }>('comparisons');

const withoutPeriod = () => glmm('cbind(incidence, size - incidence) ~ 1 + (1 | herd)', cbppTable, { family: 'binomial' });

describe('anova of lme4', () => {
  test('cbpp with and without period, in either order', async () => {
    const { rows, REML, notes } = await compare([await cbpp(), await withoutPeriod()]);
    expect(REML).toBe(false);
    expect(notes).toEqual([]);
    expectRows(rows, reference.cbpp);
    expect(rows[1]!.p_chibar).toBe(null);
  });

  test('sleepstudy: REML fits are compared by maximum likelihood', async () => {
    const small = await glmm('Reaction ~ Days + (1 | Subject)', sleepstudyTable, { family: 'gaussian' });
    const { rows, notes } = await compare([small, await sleepstudy()]);
    expect(notes.join()).toContain('again by maximum likelihood');
    expectRows(rows, reference.sleepstudy);
    // ½ χ²(1) + ½ χ²(2): the second tail is exp(−x/2).
    const { chisq, p_value, p_chibar } = rows[1]!;
    expect(p_value! / Math.exp(-chisq! / 2)).toBeCloseTo(1, 8);
    expect(p_chibar!).toBeLessThan(p_value!);
    expect(p_chibar!).toBeGreaterThan(p_value! / 2);
  });
});

function expectRows(rows: Awaited<ReturnType<typeof compare>>['rows'], theirs: readonly AnovaRow[]): void {
  expect(rows.length).toBe(theirs.length);
  rows.forEach((row, i) => {
    const their = theirs[i]!;
    expect(row.npar).toBe(their.npar);
    for (const [own, value] of [[row.AIC, their.AIC], [row.BIC, their.BIC], [row.logLik, their.logLik], [row.deviance, their.deviance]] as const) expect(own).toBeCloseTo(value, 5);
    if (their.Chisq === null) expect(row).toMatchObject({ chisq: null, df: null, p_value: null, p_simulated: null });
    else {
      expect(row.chisq).toBeCloseTo(their.Chisq, 5);
      expect(row.df).toBe(their.Df);
      expect(row.p_value! / their['Pr(>Chisq)']!).toBeCloseTo(1, 5);
    }
  });
}

test('one variance against none of it: half the χ²(1) tail', async () => {
  const large = await glmm('cbind(incidence, size - incidence) ~ period + (1 | herd) + (1 | obs)', cbppTable, { family: 'binomial' });
  const { rows } = await compare([await cbpp(), large]);
  expect(rows[1]!.df).toBe(1);
  expect(rows[1]!.p_chibar).toBeCloseTo(rows[1]!.p_value! / 2, 12);
});

test('simulated p-values come with a number of replicates', async () => {
  const { rows } = await compare([await withoutPeriod(), await cbpp()], { nsim: 99, seed: 1, backend: 'cpu', workers: 1 });
  expect(rows[0]!.p_simulated).toBe(null);
  // The statistic, 25.6 on 3 degrees of freedom, is beyond all of 99 replicates.
  expect(rows[1]!.p_simulated).toBe(0.01);
});

test('models that cannot be compared', async () => {
  const fit = await cbpp();
  const other = await glmm('cbind(incidence, size - incidence) ~ size + (1 | obs)', cbppTable, { family: 'binomial' });
  await expect(compare([fit])).rejects.toThrow('two or more models');
  await expect(compare([fit, other])).rejects.toThrow('not nested');
  const { rows } = await compare([fit, other], { checkNesting: false });
  expect(rows.every(({ chisq }) => chisq === null)).toBe(true);
  const fewer = await glmm('cbind(incidence, size - incidence) ~ 1 + (1 | herd)', cbppTable, { family: 'binomial', subset: 'size > 5' });
  await expect(compare([fit, fewer])).rejects.toThrow('uses 56 rows');
  const refitted = await (await withoutPeriod()).refit(fit.simulate({ seed: 1 })[0]!);
  await expect(compare([fit, refitted])).rejects.toThrow('different responses');
  await expect(compare([fit, await sleepstudy()])).rejects.toThrow('different responses');
});

test('REML criteria: refused when the fixed effects differ', async () => {
  const without = await glmm('Reaction ~ 1 + (Days | Subject)', sleepstudyTable, { family: 'gaussian' });
  await expect(compare([without, await sleepstudy()], { refit: false })).rejects.toThrow('REML criteria');
  const small = await glmm('Reaction ~ Days + (1 | Subject)', sleepstudyTable, { family: 'gaussian' });
  const { rows, REML } = await compare([small, await sleepstudy()], { refit: false });
  expect(REML).toBe(true);
  expect(rows[1]!.logLik).toBeCloseTo((await sleepstudy()).logLik, 10);
});

describe('drop1 of lme4', () => {
  test.each([
    ['cbpp', cbpp],
    ['contraception', () => glmm('use ~ age * urban + livch + (1 | district)', contraceptionTable, { family: 'binomial' })],
    ['sleepstudy', sleepstudy],
  ] as const)('%s', async (name, fit) => {
    const rows = await drop1(await fit());
    const theirs = reference.drop1[name];
    expect(rows.map(({ term }) => term)).toEqual(theirs.map(({ row }) => row));
    rows.forEach((row, i) => {
      expect(row.df).toBe(theirs[i]!.npar);
      expect(row.AIC).toBeCloseTo(theirs[i]!.AIC, 4);
      if (theirs[i]!.LRT === null) return;
      expect(row.chisq).toBeCloseTo(theirs[i]!.LRT, 4);
      expect(row.p_value! / theirs[i]!['Pr(Chi)']!).toBeCloseTo(1, 3);
    });
  });

  test('without an intercept the coding of other factors would change', async () => {
    const fit = await glmm('use ~ 0 + livch + urban + (1 | district)', contraceptionTable, { family: 'binomial' });
    await expect(drop1(fit)).rejects.toThrow('write the formula with an intercept');
  });
});

test('several variances at once: weights by the correlation of their estimates, said in a note', async () => {
  const fits = await Promise.all(['(1 | subject)', '(1 | subject) + (0 + V4 | subject) + (1 | obs)', '(lbase + V4 | subject)'].map((random) =>
    glmm(`y ~ lbase + V4 + ${random}`, epilTable, { family: 'poisson' })));
  const { rows: [, row], notes } = await compare(fits.slice(0, 2));
  const [independent, most] = [chibarTail(row!.chisq!, 2, 2), chibarTail(row!.chisq!, 2, 2, 0.999)];
  expect(row!.df).toBe(2);
  expect(row!.p_chibar).toBeGreaterThan(0);
  expect(row!.p_chibar).toBeLessThan(most);
  expect(Math.abs(Math.log(row!.p_chibar! / independent))).toBeLessThan(1);
  expect(notes.join()).toContain('2 standard deviations at zero, by the correlation of their estimates');
  // Two added effects with their covariance: no mixture of this kind.
  expect((await compare([fits[0]!, fits[2]!])).rows[1]!.p_chibar).toBe(null);
});

/** A fit whose search stopped below the maximum. */
function stopped(fit: GlmmFit, logLik: number) {
  const { frame, response, settings, params, metric } = fit;
  return { frame, response, settings, params, metric, logLik, status: 'lineSearch' } as const;
}

describe('a larger model that was found below the smaller one', () => {
  test('compare fits it again from there and says so', async () => {
    const [small, large] = [await withoutPeriod(), await cbpp()];
    const { rows, notes } = await compare([small, stopped(large, small.logLik - 1)]);
    expect(rows[1]!.chisq).toBeCloseTo(2 * (large.logLik - small.logLik), 6);
    expect(notes.join('\n')).toMatch(/model 2 did not converge \(lineSearch\)[^]*found 1\.0 below model 1/);
  });

  test('drop1 does, too', async () => {
    const large = await cbpp();
    const rows = await drop1(stopped(large, -200));
    expect(rows[0]!.status).toBe('lineSearch');
    expect(rows[1]!.chisq).toBeCloseTo(2 * (large.logLik - (await withoutPeriod()).logLik), 5);
  });
});

test('REML criteria are not simulated', async () => {
  const small = await glmm('Reaction ~ Days + (1 | Subject)', sleepstudyTable, { family: 'gaussian' });
  await expect(compare([small, await sleepstudy()], { refit: false, nsim: 9 })).rejects.toThrow('leave out nsim');
});

test('pseudo-likelihoods are neither compared nor certified', async () => {
  const fit = await glmm(CBPP, cbppTable, { family: 'binomial', fitMethod: 'MPL' });
  for (const refused of [fit.drop1(), fit.compare(await withoutPeriod()), fit.profile(), fit.confint(), fit.robustVcov()]) {
    await expect(refused).rejects.toThrow('fitted by MPL, a pseudo-likelihood');
  }
  expect((await fit.confint({ method: 'wald' })).every(({ conf_low }) => Number.isFinite(conf_low))).toBe(true);
  const { findings, quadrature } = await fit.diagnose();
  expect(quadrature).toBe(null);
  expect(findings.find(({ topic }) => topic === 'approximation')).toMatchObject({ severity: 'remark', message: expect.stringContaining('MPL maximises no likelihood') as string });
});
