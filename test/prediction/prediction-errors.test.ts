/** Standard errors of predictions at the conditional modes against glmmTMB (scripts/reference/prediction-errors.R). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { GlmmOptions } from '../../src/fit/options.js';
import { type SmallSet, smallSet } from '../helpers/small-sets.js';

interface Reference {
  readonly id: string;
  readonly data: SmallSet;
  readonly formula: string;
  readonly options: GlmmOptions;
  /** Rows of the data, from 1. */
  readonly rows: number[];
  readonly link: number[];
  readonly link_se: number[];
  readonly mean: number[];
  readonly mean_se: number[];
}

const references = JSON.parse(readFileSync(new URL('../fixtures/prediction/prediction-errors.json', import.meta.url), 'utf8')) as Reference[];

describe.each(references)('$id', ({ data, formula, options, rows, link, link_se, mean, mean_se }) => {
  let made: Promise<GlmmFit> | undefined;
  const fitted = (): Promise<GlmmFit> => (made ??= glmm(formula, smallSet(data), options));
  const near = (own: Float64Array, theirs: readonly number[], errors: readonly number[]): void => {
    rows.forEach((row, i) => { expect(Math.abs(own[row - 1]! - theirs[i]!)).toBeLessThan(2e-4 * errors[i]!); });
  };

  test('linear predictors', async () => {
    const { fit, standardErrors } = (await fitted()).predict({ type: 'link', standardErrors: true });
    near(fit, link, link_se);
    near(standardErrors!, link_se, link_se);
  });

  test('means', async () => {
    const { fit, standardErrors } = (await fitted()).predict({ standardErrors: true });
    near(fit, mean, mean_se);
    near(standardErrors!, mean_se, mean_se);
  });
});

test('parameters without a standard error are taken as known', async () => {
  const fit = await glmm('Yield ~ 1 + (1 | Batch)', smallSet('dyestuff2'), { family: 'gaussian' });
  expect(fit.status).toBe('boundary');
  for (const error of fit.predict({ standardErrors: true }).standardErrors!) expect(error).toBeCloseTo(Math.sqrt(fit.vcov[0]![0]!), 8);
});
