/**
 * Linear mixed models against lme4's lmer, REML and ML. Tolerances are the project's: log-likelihood 1e-6 relative, estimates 1e-4 standard
 * errors; what lmer computes in closed form (sigma, standard errors, modes) agrees to 1e-5.
 */
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { parameterLayout } from '../../src/model/design.js';
import { createLmmSystem } from '../../src/lmm/system.js';
import { linearReferences } from '../helpers/linear-reference.js';
import { referenceFrame, referenceTable } from '../helpers/reference.js';

const bare = (group: string): string => group.replace(/\.\d+$/, '');

describe.each(linearReferences)('$id', (reference) => {
  test('fit', async () => {
    const fit = await glmm(reference.formula, referenceTable(reference.dataset, reference.factors), {
      family: 'gaussian', REML: reference.REML, ...(reference.weights === undefined ? {} : { weights: reference.weights }),
    });
    expect(fit.status).toBe('converged');
    expect(fit.design.fixedNames).toEqual(reference.fixef.names);
    expect(Math.abs(fit.logLik / reference.logLik - 1)).toBeLessThan(1e-9);
    expect(fit.df).toBe(reference.df);
    expect(fit.AIC).toBeCloseTo(reference.AIC, 6);
    expect(fit.BIC).toBeCloseTo(reference.BIC, 6);
    expect(Math.abs(fit.sigma / reference.sigma - 1)).toBeLessThan(1e-5);
    reference.fixef.estimate.forEach((estimate, j) => {
      expect(Math.abs(fit.params[j]! - estimate)).toBeLessThan(1e-4 * reference.fixef.se![j]!);
      expect(Math.abs(Math.sqrt(fit.vcov[j]![j]!) / reference.fixef.se![j]! - 1)).toBeLessThan(1e-5);
    });
    expect(fit.VarCorr.length).toBe(reference.randomEffects.length);
    for (const term of fit.VarCorr) {
      const theirs = reference.randomEffects.find((r) => bare(r.group) === term.group && r.terms.join() === term.terms.join())!;
      term.sd.forEach((sd, j) => { expect(Math.abs(sd / theirs.sd[j]! - 1)).toBeLessThan(1e-5); });
      term.correlation.forEach((row, i) => { row.forEach((r, j) => { expect(Math.abs(r - theirs.corr[i]![j]!)).toBeLessThan(1e-5); }); });
    }
    let compared = 0;
    for (const [group, theirs] of Object.entries(reference.ranef!)) {
      theirs.levels.forEach((level, l) => {
        const row = fit.ranef[bare(group)]!.find((candidate) => candidate.level === level)!;
        theirs.terms.forEach((name, j) => {
          compared++;
          expect(Math.abs(Number(row[name]) - theirs.mode[l]![j]!)).toBeLessThan(1e-5 * fit.sigma);
        });
      });
    }
    expect(compared).toBeGreaterThan(5);
  });

  test('criterion at stated parameters', () => {
    const { design, response } = referenceFrame(reference);
    const { kernel } = createLmmSystem(design, reference.REML);
    const sums = kernel.createSums();
    kernel.take(response, 0, design.offset, sums);
    expect(parameterLayout(design).nTheta).toBe(reference.theta.estimate.length);
    for (const point of reference.objectiveAt) {
      const value = -2 * kernel.evaluate(sums, Float64Array.from(point.theta), null);
      expect(Math.abs(value / point.value - 1)).toBeLessThan(1e-11);
    }
  });
});
