/** R² and intra-class correlations against insight and performance (scripts/reference/variance-explained.R). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import type { FamilyName, LinkName } from '../../src/model/design.js';
import { type Explained, varianceExplained } from '../../src/prediction/variance-explained.js';
import { type SmallSet, smallSet } from '../helpers/small-sets.js';

interface Reference {
  readonly id: string;
  readonly data: SmallSet;
  readonly formula: string;
  readonly family: FamilyName;
  readonly link: LinkName;
  /** Parts of the variance; random null where it is zero. */
  readonly fixed: number;
  readonly random: number | null;
  readonly distribution: number;
  /** Variance of the effects per row. */
  readonly dispersion: number;
  /** Of log links the distribution's variance at the mean over rows and random effects. */
  readonly latent: number | null;
  /** performance's R² (marginal, conditional) and ICC (adjusted, unadjusted), where its definition is the same. */
  readonly r2?: readonly [number, number];
  readonly icc?: readonly [number, number];
}

const references = JSON.parse(readFileSync(new URL('../fixtures/prediction/variance-explained.json', import.meta.url), 'utf8')) as Reference[];

describe.each(references)('$id', ({ data, formula, family, link, fixed, random: given, distribution, dispersion, latent, r2, icc }) => {
  test('shares', async () => {
    // lme4's cloglog and square root: the expected information in the Laplace approximation.
    const fit = await glmm(formula, smallSet(data), { family, link, ...(['probit', 'cloglog', 'sqrt'].includes(link) ? { information: 'expected' } : {}) });
    const explained = varianceExplained(fit);
    const random = given ?? 0;
    const residual = dispersion + (latent ?? distribution);
    const near = (got: Explained, want: number): void => { expect(Math.abs((got as number) - want)).toBeLessThan(2e-5); };
    near(explained.r2Marginal, fixed / (fixed + random + residual));
    near(explained.r2Conditional, (fixed + random) / (fixed + random + residual));
    near(explained.iccAdjusted, random / (random + residual));
    near(explained.iccUnadjusted, random / (fixed + random + residual));
    if (r2 === undefined || icc === undefined) return;
    near(explained.r2Marginal, r2[0]);
    near(explained.r2Conditional, r2[1]);
    near(explained.iccAdjusted, icc[0]);
    near(explained.iccUnadjusted, icc[1]);
  });
});

test('effects per row are no correlation within levels', async () => {
  const { icc } = varianceExplained(await glmm('cbind(y, 20 - y) ~ trt + (1 | subject) + (1 | row)', smallSet('epil'), { family: 'binomial', subset: 'y <= 20' }));
  expect(icc.row).toEqual({ unavailable: expect.stringMatching(/one level per row/) as string });
  expect(icc.subject).toBeGreaterThan(0);
});
