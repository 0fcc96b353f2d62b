import { describe, expect, test } from 'vitest';
import { atParameters } from '../../src/fit/at-parameters.js';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import { crossValidate } from '../../src/studies/cross-validation.js';
import { permutationTest } from '../../src/studies/permutation.js';
import { fromColumns } from '../../src/table/from-values.js';
import { referenceTable } from '../helpers/reference.js';

const factor = { levels: [] as string[], ordered: false, contrasts: null };
const cbpp = referenceTable('cbpp', { period: { ...factor, levels: ['1', '2', '3', '4'] } });
const sleepstudy = referenceTable('sleepstudy', {});
const RUN = { backend: 'cpu', workers: 1 } as const;
const CBPP = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
const herds = glmm(CBPP, cbpp, { family: 'binomial' });
const subjects = glmm('RT ~ Days + (Days | Subject)', sleepstudy, { family: 'gaussian', REML: false });

describe('a model at given parameters', () => {
  test.each([['binomial', herds], ['gaussian', subjects]] as const)('%s: at its estimates the log-likelihood and modes of the fit', async (_, promise) => {
    const fit = await promise;
    const { logLik, modes } = await atParameters(fit.design, fit.settings, { response: fit.response }, fit.params);
    expect(logLik).toBeCloseTo(fit.logLik, 8);
    modes.forEach((u, j) => { expect(u).toBeCloseTo(fit.modes[j]!, 5); });
  });

  test('gaussian, away from them: the density of a normal vector', async () => {
    // Two levels of two rows: covariance blocks [[2.25 + 1, 2.25], [2.25, 2.25 + 1]] with sd 1.5 and sigma 1.
    const { design, response } = (await glmm('y ~ 1 + (1 | g)', { y: [1, 2, 4, 3.5, 0.3, 1.1], g: ['a', 'a', 'b', 'b', 'c', 'c'] }, { family: 'gaussian' }));
    const { logLik } = await atParameters(design, { integration: { nAGQ: 1, information: 'observed' } }, { response }, Float64Array.of(0.5, 1.5, 1));
    let expected = 0;
    for (let g = 0; g < 3; g++) {
      const [a, b] = [response[2 * g]! - 0.5, response[2 * g + 1]! - 0.5];
      const [v, c] = [3.25, 2.25];
      const det = v * v - c * c;
      expected -= 0.5 * (2 * Math.log(2 * Math.PI) + Math.log(det) + (v * a * a - 2 * c * a * b + v * b * b) / det);
    }
    expect(logLik).toBeCloseTo(expected, 10);
  });
});

describe('cross-validation', () => {
  test('each fold is predicted by the model fitted to the other rows', async () => {
    const fit = await herds;
    const result = await crossValidate(fit, { folds: 5, by: 'herd', seed: 3, ...RUN });
    expect(result.folds.map((fold) => fold.rows).reduce((sum, rows) => sum + rows, 0)).toBe(56);
    const rest = [...result.foldOf.keys()].filter((i) => result.foldOf[i] !== 0);
    const alone = await glmm(CBPP, cbpp, { family: 'binomial', subset: rest });
    // Whole herds are left out: their density does not depend on the others, and their random effects are predicted as zero.
    const fold = [...result.foldOf.keys()].filter((i) => result.foldOf[i] === 0);
    const own = await glmm(CBPP, cbpp, { family: 'binomial', subset: fold });
    if (own.design.fixedNames.length === 4) {
      const { logLik } = await atParameters(own.design, own.settings, { response: own.response }, alone.params);
      expect(result.folds[0]!.log_score).toBeCloseTo(logLik, 4);
    }
    const beta = alone.fixef;
    for (const i of fold) {
      const row = fit.design.x.subarray(i * 4, i * 4 + 4);
      const eta = fit.design.fixedNames.reduce((sum, name, j) => sum + row[j]! * beta[name]!, 0);
      expect(result.predicted[i]!).toBeCloseTo(1 / (1 + Math.exp(-eta)), 5);
    }
    expect(result.brier!).toBeGreaterThan(0);
    expect(result.brier!).toBeLessThan(0.25);
  });

  test('by rows of a linear mixed model: the log score is the density given the other rows', async () => {
    const fit = await subjects;
    const result = await crossValidate(fit, { folds: 10, by: 'rows', seed: 1, ...RUN });
    expect(result.folds.every((fold) => fold.rows === 18)).toBe(true);
    // Random slopes known from the other days predict better than no subject effects at all.
    const without = await crossValidate(await glmm('RT ~ Days + (1 | Subject)', sleepstudy, { family: 'gaussian', REML: false }), { folds: 10, by: 'rows', seed: 1, ...RUN });
    expect(result.log_score).toBeGreaterThan(without.log_score);
    expect(result.rmse!).toBeLessThan(without.rmse!);
    // A normal density with standard deviation about sigma.
    expect(Math.abs(result.log_score / 180 + 0.5 * Math.log(2 * Math.PI * fit.sigma ** 2) + 0.5)).toBeLessThan(0.35);
    expect(result.brier).toBeNull();
  });

  test('repeats: the first is the run without, each divides anew, and the scores are their means', async () => {
    const options = { folds: 5, by: 'herd', seed: 3, ...RUN } as const;
    const once = await crossValidate(await herds, options);
    const thrice = await crossValidate(await herds, { ...options, repeats: 3 });
    expect(thrice.repeats).toHaveLength(3);
    expect(thrice.repeats[0]).toEqual(once.repeats[0]);
    expect(thrice.folds.slice(0, 5)).toEqual(once.folds);
    expect(thrice.folds.map(({ repeat }) => repeat)).toEqual([1, 2, 3].flatMap((repeat) => new Array<number>(5).fill(repeat)));
    expect(thrice.predicted.slice(0, 56)).toEqual(once.predicted);
    expect(new Set([0, 1, 2].map((repeat) => thrice.foldOf.slice(repeat * 56, (repeat + 1) * 56).join(' '))).size).toBe(3);
    expect(thrice.log_score).toBeCloseTo(thrice.repeats.reduce((sum, { log_score }) => sum + log_score / 3, 0), 10);
    expect(thrice.rmse! ** 2).toBeCloseTo(thrice.repeats.reduce((sum, { rmse }) => sum + rmse! ** 2 / 3, 0), 10);
    // The rows are the same in every repeat: no smaller error than that of one.
    expect(thrice.log_score_error ** 2).toBeCloseTo(thrice.repeats.reduce((sum, { log_score_error }) => sum + log_score_error ** 2 / 3, 0), 10);
    expect(thrice.scored).toBe(168);
  });

  test('without a fold that could be fitted there is no score, and with some the rows are counted', async () => {
    const fit = await herds;
    expect((await crossValidate(fit, { folds: 5, by: 'herd', seed: 3, ...RUN })).scored).toBe(56);
    const none = await crossValidate({ frame: fit.frame, response: fit.response, logLik: fit.logLik, metric: fit.metric, params: fit.params.map(() => 3), settings: hasty(fit) }, { folds: 5, by: 'herd', seed: 3, ...RUN });
    expect(none.folds.map(({ status }) => status)).toEqual(new Array(5).fill('maxEvaluations'));
    expect([none.scored, none.log_score, none.rmse]).toEqual([0, NaN, NaN]);
  });

  test('what cannot be is refused', async () => {
    await expect(crossValidate(await herds, { folds: 16, by: 'herd', seed: 1, ...RUN })).rejects.toThrow(/folds must be an integer from 2 to 15, the number of levels of 'herd'/);
    await expect(crossValidate(await herds, { folds: 5, by: 'cow', seed: 1, ...RUN })).rejects.toThrow(/no grouping factor/);
    await expect(crossValidate(await herds, { folds: 5, by: 'herd', seed: 1, repeats: 0, ...RUN })).rejects.toThrow(/repeats must be a positive integer, not 0/);
    await expect(crossValidate(await herds, { folds: 5, by: 'herd', seed: 1, repeat: 2, ...RUN } as never)).rejects.toThrow(/no option 'repeat'.*'repeats'/);
  });
});

/** Settings with which nothing converges. */
function hasty(fit: GlmmFit): GlmmFit['settings'] {
  return { ...fit.settings, control: { ...fit.settings.control, maxEvaluations: 1 } };
}

describe('permutation tests', () => {
  test('a model that does not converge without the columns gives no statistic', async () => {
    const fit = await herds;
    const model = { frame: fit.frame, response: fit.response, logLik: fit.logLik, metric: fit.metric, params: fit.params, settings: hasty(fit) };
    await expect(permutationTest(model, { columns: ['period2'], nsim: 9, seed: 1, ...RUN })).rejects.toThrow(/the model without period2 does not converge \(maxEvaluations\)/);
  });

  test('rows within herds: an effect that is there, and p-values that are uniform when it is not', async () => {
    const fit = await herds;
    const periods = ['period2', 'period3', 'period4'];
    const strong = await permutationTest(fit, { columns: periods, nsim: 99, seed: 2, ...RUN });
    expect(strong.exchanged).toBe('rows');
    expect(strong.p_value).toBeLessThanOrEqual(0.03);
    const small = await glmm('cbind(incidence, size - incidence) ~ 1 + (1 | herd)', cbpp, { family: 'binomial' });
    const p: number[] = [];
    for (const y of small.simulate({ nsim: 60, seed: 12 })) {
      p.push((await permutationTest(await fit.refit(y), { columns: periods, nsim: 39, seed: 5, ...RUN })).p_value);
    }
    p.sort((a, b) => a - b);
    const distance = p.reduce((most, value, i) => Math.max(most, Math.abs(value - (i + 0.5) / 60)), 0);
    // Kolmogorov–Smirnov at level 0.001, and the 1/40 by which the p-values are discrete.
    expect(distance).toBeLessThan(1.95 / Math.sqrt(60) + 0.025);
  });

  test('columns that are constant within levels are exchanged between levels', async () => {
    const treated = fromColumns({ y: cbppValues('incidence'), size: cbppValues('size'), herd: cbppHerds(), arm: cbppHerds().map((herd) => (Number(herd) % 2 === 0 ? 'b' : 'a')) });
    const fit = await glmm('cbind(y, size - y) ~ arm + (1 | herd)', treated, { family: 'binomial' });
    const result = await permutationTest(fit, { columns: ['armb'], nsim: 199, seed: 3, ...RUN });
    expect(result.exchanged).toBe('levels');
    expect(result.p_value).toBeGreaterThan(0.01);
    // Permuted by hand: replicate statistics are those of models whose arms are exchanged between herds.
    expect(new Set(result.replicates.map((value) => Math.round(value * 1e6))).size).toBeGreaterThan(50);
    await expect(permutationTest(fit, { columns: ['arm'], nsim: 9, seed: 3, ...RUN })).rejects.toThrow(/'arm' is no fixed effect of the model \(did you mean 'armb'/);
  });
});

function cbppValues(name: string): Float64Array {
  return (cbpp.columns.get(name) as { values: Float64Array }).values;
}
function cbppHerds(): string[] {
  const column = cbpp.columns.get('herd')!;
  return column.kind === 'factor' ? [...column.codes].map((code) => column.levels[code]!) : [...column.values].map(String);
}
