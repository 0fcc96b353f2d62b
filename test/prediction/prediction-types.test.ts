/** Predictions of categories and of models with zero inflation; the ordered ones against ordinal (scripts/reference/category-probabilities.R). */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { FamilyName } from '../../src/model/design.js';
import { linearPredictors } from '../../src/model/linear-predictor.js';
import { gaussHermite } from '../../src/numerics/gauss-hermite.js';
import { augment } from '../../src/prediction/tidy.js';
import { readCsv } from '../../src/table/csv.js';

interface Categories {
  readonly link: 'logit' | 'probit';
  /** Probabilities of the first rows, category by category. */
  readonly conditional: number[][];
  readonly none: number[][];
  readonly averaged: number[][];
  /** Most probable category of every row. */
  readonly class: number[];
}

/** Means without random effects, and their standard errors: scripts/reference/mean-errors.R. */
interface MeanErrors {
  readonly id: string;
  readonly formula: string;
  readonly family: FamilyName;
  readonly zi: string | null;
  readonly new: Record<string, string[]>;
  readonly mean: number[];
  readonly se: number[];
}

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const references = JSON.parse(read('test/fixtures/prediction/categories.json')) as Categories[];
const means = JSON.parse(read('test/fixtures/prediction/mean-errors.json')) as MeanErrors[];
const wine = readCsv(read('data/wine.csv'), { types: { rating: 'ordered', judge: 'factor' } });

describe.each(references)('categories, $link', (reference) => {
  let fit: GlmmFit;
  beforeAll(async () => { fit = await glmm('rating ~ temp + contact + (1 | judge)', wine, { family: 'cumulative', link: reference.link }); });
  const near = (got: Float64Array, want: readonly number[][]): void => {
    want.flat().forEach((value, i) => { expect(Math.abs(got[i]! - value)).toBeLessThan(2e-6); });
  };

  test('probabilities at the modes, at zero and averaged', () => {
    const { fit: probabilities, levels } = fit.predict({ type: 'prob' });
    expect(levels).toEqual(['1', '2', '3', '4', '5']);
    expect(probabilities).toHaveLength(72 * 5);
    near(probabilities, reference.conditional);
    near(fit.predict({ type: 'prob', reForm: 'none' }).fit, reference.none);
    near(fit.predict({ type: 'prob', populationAveraged: true }).fit, reference.averaged);
    expect(fit.predict().fit).toEqual(probabilities);
    // The fitted value of a row is the probability of its own category.
    fit.fitted.forEach((value, i) => { expect(value).toBeCloseTo(probabilities[5 * i + fit.response[i]! - 1]!, 14); });
  });

  test('cumulative probabilities and the most probable category', () => {
    const probabilities = fit.predict({ type: 'prob' }).fit;
    const cumulative = fit.predict({ type: 'cum.prob' }).fit;
    for (let i = 0; i < 72; i++) {
      expect(cumulative[5 * i + 4]).toBeCloseTo(1, 13);
      expect(cumulative[5 * i + 2]).toBeCloseTo(probabilities[5 * i]! + probabilities[5 * i + 1]! + probabilities[5 * i + 2]!, 14);
    }
    expect(Array.from(fit.predict({ type: 'class' }).fit)).toEqual(reference.class);
  });

  test('new rows without a response, and rows with a missing predictor', () => {
    const fresh = { temp: ['warm', 'cold', 'warm'], contact: ['yes', null, 'no'], judge: ['3', '4', 'new'] };
    const { fit: probabilities } = fit.predict({ data: fresh, type: 'prob', allowNewLevels: true });
    expect(Array.from({ length: 5 }, (_, k) => Number.isNaN(probabilities[5 + k]))).toEqual([true, true, true, true, true]);
    expect(probabilities.slice(10).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 13);
    const classes = fit.predict({ data: fresh, type: 'class', allowNewLevels: true }).fit;
    expect([Number.isNaN(classes[1]), classes[2]! >= 1]).toEqual([true, true]);
  });

  test('what has no meaning is refused', () => {
    expect(() => fit.predict({ type: 'response' })).toThrow(/no mean; predict type prob/);
    expect(() => fit.predict({ type: 'prob', standardErrors: true })).toThrow(/type prob has no standard errors/);
    expect(() => fit.predict({ type: 'zprob' })).toThrow(/zprob is for models with zero inflation|no mean/);
    expect(() => fit.predict({ type: 'probability' as 'prob' })).toThrow(/unknown type 'probability'/);
  });
});

describe('zero inflation', () => {
  const salamanders = readCsv(read('test/fixtures/data/salamanders.csv'), {});
  let fit: GlmmFit;
  beforeAll(async () => { fit = await glmm('count ~ mined + (1 | site)', salamanders, { family: 'poisson', ziformula: '~ mined + (1 | site)' }); });

  test('the mean is that of the counts that are no excess zeros, times their share', () => {
    const [mean, conditional, excess, link] = (['response', 'conditional', 'zprob', 'link'] as const).map((type) => fit.predict({ type }).fit) as [Float64Array, Float64Array, Float64Array, Float64Array];
    mean.forEach((value, i) => {
      expect(value).toBeCloseTo((1 - excess[i]!) * conditional[i]!, 12);
      expect(conditional[i]).toBeCloseTo(Math.exp(link[i]!), 12);
    });
    expect(mean).toEqual(fit.fitted);
  });

  test('averages over both kinds of random effects are products of the two averages', () => {
    const { eta, auxiliaryOf } = linearPredictors({ ...fit, design: fit.design, modes: new Float64Array(fit.modes.length) });
    const [sd, excessSd] = fit.VarCorr.map((part) => part.sd[0]!) as [number, number];
    const { nodes, logWeights } = gaussHermite(41);
    const average = (f: (z: number) => number): number => nodes.reduce((sum, node, k) => sum + Math.exp(logWeights[k]! - 0.5 * node * node) * f(node), 0);
    const got = fit.predict({ populationAveraged: true }).fit;
    for (const i of [0, 100, 640]) {
      const zeta = auxiliaryOf(i)[0]!;
      const share = average((z) => 1 / (1 + Math.exp(zeta + excessSd * z)));
      expect(got[i]).toBeCloseTo(share * Math.exp(eta[i]! + sd * sd / 2), 8);
    }
  });

  test('standard errors are there for means, not for probabilities; tables hold every column', () => {
    expect(fit.predict({ type: 'conditional', standardErrors: true }).standardErrors!.every((error) => error > 0)).toBe(true);
    expect(() => fit.predict({ type: 'zprob', standardErrors: true })).toThrow(/no standard errors/);
    const { low, high } = fit.predict({ level: 0.9 });
    fit.fitted.forEach((mean, i) => { expect(low![i]! < mean && mean < high![i]!).toBe(true); });
    expect(Object.keys(augment(fit))).toContain('.ranef_site_zi.(Intercept)');
  });
});

test.each(means)('standard errors of means know zero inflation and dispersion: $id, glmmTMB', async ({ formula, family, zi, new: data, mean, se }) => {
  const fit = await glmm(formula, readCsv(read('test/fixtures/data/salamanders.csv'), {}), { family, ...(zi === null ? {} : { ziformula: zi }), ...(family.startsWith('truncated') && zi === null ? { subset: 'count > 0' } : {}) });
  const { fit: own, standardErrors, low, high } = fit.predict({ data, reForm: 'none', standardErrors: true, level: 0.95 });
  mean.forEach((value, i) => {
    expect(own[i]! / value).toBeCloseTo(1, 4);
    expect(standardErrors![i]! / se[i]!).toBeCloseTo(1, 3);
    // Symmetric on the scale of the link, the logarithm.
    expect(Math.log(high![i]! / own[i]!) * own[i]! / se[i]!).toBeCloseTo(1.959964, 2);
    expect(low![i]! * high![i]!).toBeCloseTo(own[i]! ** 2, 8);
  });
});

test('types of predictions that a family does not have', async () => {
  const fit = await glmm('count ~ mined + (1 | site)', readCsv(read('test/fixtures/data/salamanders.csv'), {}), { family: 'poisson' });
  expect(() => fit.predict({ type: 'zprob' })).toThrow(/zprob is for models with zero inflation/);
  expect(() => fit.predict({ type: 'class' })).toThrow(/class is for ordered responses/);
  expect(fit.predict({ type: 'conditional' }).fit).toEqual(fit.predict().fit);
});
