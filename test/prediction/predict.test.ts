/** Predictions, residuals and conditional variances against lme4 (scripts/reference/prediction.R) and against dense algebra. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { linearPredictor, linearPredictors } from '../../src/model/linear-predictor.js';
import { jointPrecision } from '../../src/prediction/joint-precision.js';
import { predict } from '../../src/prediction/predict.js';
import { ranefTable } from '../../src/prediction/ranef-table.js';
import { residuals } from '../../src/prediction/residuals.js';
import { augment, diagnosticData, glance, tidy } from '../../src/prediction/tidy.js';
import { varianceExplained } from '../../src/prediction/variance-explained.js';
import { readCsv } from '../../src/table/csv.js';

interface Reference {
  readonly id: string;
  readonly fixef: number[];
  readonly ranef: Record<string, { mode: number[]; sd: number[] }>;
  readonly residuals: Record<'response' | 'pearson' | 'deviance' | 'working', number[] | undefined>;
  readonly hat: number[] | null;
  readonly fitted: number[];
  readonly population: number[];
  readonly newLink: number[];
  readonly newPopulation: number[];
}

const references = JSON.parse(readFileSync(new URL('../fixtures/prediction/lme4.json', import.meta.url), 'utf8')) as Reference[];
const table = (name: string, types: Record<string, 'factor'>) =>
  readCsv(readFileSync(new URL(`../../data/${name}.csv`, import.meta.url), 'utf8'), { types });

const CASES: Record<string, { formula: string; data: ReturnType<typeof table>; options: GlmmOptions; fresh: Record<string, (number | string)[]> }> = {
  cbpp: {
    formula: 'cbind(incidence, size - incidence) ~ period + (1 | herd)', data: table('cbpp', { period: 'factor', herd: 'factor' }),
    options: { family: 'binomial' }, fresh: { period: ['1', '4', '2'], herd: ['1', '15', '99'] },
  },
  epil: {
    formula: 'y ~ lbase + trt * V4 + (1 | subject)', data: table('epil', {}), options: { family: 'poisson' },
    fresh: { lbase: [-0.5, 0.3], trt: ['placebo', 'progabide'], V4: [0, 1], subject: [1, 30] },
  },
  sleepstudy: {
    formula: 'Reaction ~ Days + (Days | Subject)', data: table('sleepstudy', { Subject: 'factor' }), options: { family: 'gaussian', REML: false },
    fresh: { Days: [0, 5.5, 10], Subject: ['308', '372', 'none'] },
  },
  'sleepstudy-reml': {
    formula: 'Reaction ~ poly(Days, 2) + (1 | Subject)', data: table('sleepstudy', { Subject: 'factor' }), options: { family: 'gaussian' },
    fresh: { Days: [0, 5.5, 10], Subject: ['308', '372', 'none'] },
  },
  contraception: {
    formula: 'use ~ age + I(age^2) + urban + livch + (1 | district)', data: table('contraception', { district: 'factor' }), options: { family: 'binomial' },
    fresh: { age: [-5, 0, 7.5], urban: ['N', 'Y', 'Y'], livch: ['0', '3+', '1'], district: ['1', '61', '99'] },
  },
  grouseticks: {
    formula: 'TICKS ~ YEAR + cHEIGHT + (1 | BROOD) + (1 | LOCATION)', data: table('../test/fixtures/data/grouseticks', { YEAR: 'factor', BROOD: 'factor', LOCATION: 'factor' }),
    options: { family: 'poisson' }, fresh: { YEAR: ['95', '97'], cHEIGHT: [-20, 35], BROOD: ['501', 'new'], LOCATION: ['32', '14'] },
  },
  penicillin: {
    formula: 'diameter ~ 1 + (1 | plate) + (1 | sample)', data: table('../test/fixtures/data/penicillin', { plate: 'factor', sample: 'factor' }),
    options: { family: 'gaussian' }, fresh: { plate: ['a', 'zz'], sample: ['F', 'B'] },
  },
};

/** What lme4's optimiser leaves open: θ up to 3e-5, at whose values its modes and residuals are those of this program. */
const OPTIMISER = 5e-5;

/** Largest difference in units of the largest number. */
function distance(got: ArrayLike<number>, want: readonly number[]): number {
  expect(got.length).toBe(want.length);
  const size = Math.max(...want.map(Math.abs));
  return Math.max(...want.map((value, i) => Math.abs(got[i]! - value))) / size;
}

describe.each(references)('$id', (reference) => {
  const { formula, data, options, fresh } = CASES[reference.id]!;
  let fit: GlmmFit;
  beforeAll(async () => {
    fit = await glmm(formula, data, options);
  });

  test('modes, their standard deviations and ranks', () => {
    const entries = ranefTable(fit);
    for (const [group, { mode, sd }] of Object.entries(reference.ranef)) {
      const own = entries.filter((row) => row.group === group);
      expect(distance(own.map((row) => row.estimate), mode), group).toBeLessThan(OPTIMISER);
      expect(distance(own.map((row) => row.std_error), sd), group).toBeLessThan(OPTIMISER);
    }
    const first = entries.filter((row) => row.term === entries[0]!.term && row.group === entries[0]!.group);
    for (const row of first) expect(row.rank).toBe(1 + first.filter((other) => other.estimate > row.estimate).length);
  });

  test('predictions on the rows of the fit and on new ones', () => {
    expect(distance(predict(fit).fit, reference.fitted)).toBeLessThan(OPTIMISER);
    expect(distance(predict(fit, { reForm: 'none' }).fit, reference.population)).toBeLessThan(OPTIMISER);
    expect(distance(predict(fit, { data: fresh, type: 'link', allowNewLevels: true }).fit, reference.newLink)).toBeLessThan(OPTIMISER);
    // Without random effects nobody asks for their levels.
    const { [fit.design.random[0]!.group]: _, ...withoutGroups } = fresh;
    expect(distance(predict(fit, { data: withoutGroups, reForm: 'none' }).fit, reference.newPopulation)).toBeLessThan(OPTIMISER);
  });

  test('residuals', () => {
    for (const [type, values] of Object.entries(reference.residuals)) {
      // lme4's Pearson residuals of linear models are not divided by sigma.
      const scale = type === 'pearson' && options.family === 'gaussian' ? fit.sigma : 1;
      expect(distance(residuals(fit, { type: type as 'pearson' }).map((r) => r * scale), values!), type).toBeLessThan(OPTIMISER);
    }
  });

  test('leverages', () => {
    const hat = augment(fit)['.hat'] as Float64Array;
    if (reference.hat !== null) expect(distance(hat, reference.hat)).toBeLessThan(1e-4);
    const standardized = residuals(fit, { type: 'standardized' });
    const pearson = residuals(fit, { type: 'pearson' });
    standardized.forEach((value, i) => { expect(value).toBeCloseTo(pearson[i]! / Math.sqrt(1 - hat[i]!), 10); });
  });

  test('variance of a linear predictor is that of the inverted joint precision', () => {
    const precision = jointPrecision(fit);
    const every = fit.design.random.map(() => true);
    for (const row of [0, 7, fit.nobs - 1]) {
      expect(precision.variance(fit.design, row, every)).toBeCloseTo(denseVariance(fit, precision.weights, row), 8);
    }
  });

  test('population averages are means over simulated levels', () => {
    const averaged = predict(fit, { populationAveraged: true }).fit;
    const draws = fit.simulate({ nsim: 4000, seed: 3 });
    const trials = fit.design.trials;
    let worst = 0;
    for (let i = 0; i < 20; i++) {
      const values = draws.map((y) => y[i]! / (trials?.[i] ?? 1));
      const mean = values.reduce((sum, y) => sum + y, 0) / values.length;
      const sd = Math.sqrt(values.reduce((sum, y) => sum + (y - mean) ** 2, 0) / values.length / values.length);
      worst = Math.max(worst, Math.abs(mean - averaged[i]!) / sd);
    }
    expect(worst).toBeLessThan(4);
  });

  test('flat tables', () => {
    const rows = tidy(fit, { effects: ['fixed', 'ran_pars', 'ran_vals'] });
    expect(rows.filter((row) => row.effect === 'fixed').map((row) => row.estimate)).toEqual(fit.coefficients().map((row) => row.estimate));
    expect(rows.filter((row) => row.effect === 'ran_vals')).toHaveLength(fit.modes.length);
    expect(glance(fit).df_residual).toBe(fit.nobs - fit.df);
    for (const column of Object.values({ ...augment(fit), ...diagnosticData(fit) })) expect(column).toHaveLength(fit.nobs);
  });
});

/** a'J⁻¹a with the whole precision of (β, u) as a dense matrix, and V as its block for β. */
function denseVariance(fit: GlmmFit, weights: Float64Array, row: number): number {
  const { design, params, vcov } = fit;
  const p = design.fixedNames.length;
  const size = fit.modes.length;
  // Columns of ZΛ by differences of the linear predictor, which is linear in u.
  const base = linearPredictor(design, params, new Float64Array(size));
  const columns = Array.from({ length: size }, (_, e) => {
    const u = new Float64Array(size);
    u[e] = 1;
    return linearPredictor(design, params, u).map((value, i) => value - base[i]!);
  });
  const h = columns.map((a, r) => columns.map((b, c) => (r === c ? 1 : 0) + a.reduce((sum, value, i) => sum + value * weights[i]! * b[i]!, 0)));
  const solve = (right: number[]): number[] => gauss(h.map((line) => [...line]), [...right]);
  const l = columns.map((column) => column[row]!);
  const hl = solve(l);
  const rest = Array.from({ length: p }, (_, j) =>
    design.x[row * p + j]! - columns.reduce((sum, column, e) => sum + hl[e]! * column.reduce((part, value, i) => part + value * weights[i]! * design.x[i * p + j]!, 0), 0));
  return l.reduce((sum, value, e) => sum + value * hl[e]!, 0) + rest.reduce((sum, a, i) => sum + rest.reduce((part, b, j) => part + a * vcov[i]![j]! * b, 0), 0);
}

function gauss(a: number[][], b: number[]): number[] {
  const n = b.length;
  for (let k = 0; k < n; k++) {
    for (let i = k + 1; i < n; i++) {
      const f = a[i]![k]! / a[k]![k]!;
      for (let j = k; j < n; j++) a[i]![j]! -= f * a[k]![j]!;
      b[i]! -= f * b[k]!;
    }
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) b[i]! -= a[i]![j]! * b[j]!;
    b[i]! /= a[i]![i]!;
  }
  return b;
}

describe('what a prediction refuses', () => {
  let fit: GlmmFit;
  beforeAll(async () => {
    const { formula, data, options } = CASES.cbpp!;
    fit = await glmm(formula, data, options);
  });

  test.each([
    [{ data: { period: ['1'], herd: ['99'] } }, /'herd' has level '99' in row 1/],
    [{ data: { period: ['7'], herd: ['1'] } }, /'period' has level '7' in row 1/],
    [{ data: { period: ['1'] } }, /herd/],
    [{ type: 'mean' }, /unknown type 'mean'/],
    [{ reForm: ['heard'] }, /no grouping factor of the model \(herd\).*did you mean 'herd'/],
    [{ level: 2 }, /level must be/],
    [{ populationAveraged: true, reForm: 'none' }, /leave the choice of them out \(reForm, --re\)/],
  ])('%j', (options, message) => {
    expect(() => predict(fit, options as Parameters<typeof predict>[1])).toThrow(message);
  });

  test('missing predictors make missing predictions', () => {
    const { fit: values } = predict(fit, { data: { period: ['1', null, '2'], herd: ['1', '2', '3'] } });
    expect(Array.from(values, Number.isNaN)).toEqual([false, true, false]);
  });
});

describe('variance explained', () => {
  test('of the linear model: shares of the variance components', async () => {
    const { formula, data, options } = CASES['sleepstudy-reml']!;
    const fit = await glmm(formula, data, options);
    const between = fit.VarCorr[0]!.sd[0]! ** 2;
    const { icc, designEffect, r2Marginal, r2Conditional } = varianceExplained(fit);
    expect(icc.Subject).toBeCloseTo(between / (between + fit.sigma ** 2), 12);
    expect(designEffect.Subject).toBeCloseTo(1 + 9 * (icc.Subject as number), 12);
    const fixed = linearPredictors(fit, fit.design, [false]).eta;
    const mean = fixed.reduce((sum, value) => sum + value, 0) / fixed.length;
    const variance = fixed.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (fixed.length - 1);
    expect(r2Marginal).toBeCloseTo(variance / (variance + between + fit.sigma ** 2), 12);
    expect(r2Conditional).toBeCloseTo((variance + between) / (variance + between + fit.sigma ** 2), 12);
  });

  test('says why where there is none', async () => {
    const { formula, data, options } = CASES.epil!;
    const { icc, r2Marginal } = varianceExplained(await glmm(formula, data, options));
    expect(icc.subject).toEqual({ unavailable: expect.stringMatching(/poisson models with log link/) as string });
    expect(r2Marginal).toBeGreaterThan(0);
  });
});
