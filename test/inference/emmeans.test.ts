/** Estimated marginal means against R's emmeans. Covariances are those of weighted least squares on both sides. */
import { describe, expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { emmeans } from '../../src/inference/emmeans.js';
import { CBPP, cbpp as cbppByHessian, cbppTable, contraceptionTable, rValues, wineTable } from './fits.js';

const byLeastSquares = glmm(CBPP, cbppTable, { family: 'binomial', standardErrors: 'wls' });

type Row = Record<string, number | string>;
const reference = rValues<Record<'cbpp' | 'cbppResponse' | 'cbppTreatment' | 'contraception' | 'contraceptionBy', Row[]> & { cbppPairs: Record<string, Row[]> }>('emmeans');

const close = (own: number, theirs: number | string | undefined, relative: number): void => { expect(Math.abs(own / (theirs as number) - 1)).toBeLessThan(relative); };

describe('cbpp', () => {
  test('means and limits on the link scale', async () => {
    const { means, averagedOver } = emmeans(await byLeastSquares, ['period']);
    expect(averagedOver).toEqual([]);
    means.forEach((row, i) => {
      const theirs = reference.cbpp[i]!;
      expect(row.levels.period).toBe(String(theirs.period));
      close(row.emmean, theirs.emmean, 1e-4);
      close(row.std_error, theirs.SE, 1e-3);
      close(row.conf_low, theirs['asymp.LCL'], 1e-3);
      close(row.conf_high, theirs['asymp.UCL'], 1e-3);
    });
  });

  test('probabilities', async () => {
    emmeans(await byLeastSquares, ['period'], { type: 'response' }).means.forEach((row, i) => {
      const theirs = reference.cbppResponse[i]!;
      close(row.emmean, theirs.prob, 1e-4);
      close(row.std_error, theirs.SE, 1e-3);
      close(row.conf_low, theirs['asymp.LCL'], 1e-3);
      close(row.conf_high, theirs['asymp.UCL'], 1e-3);
    });
  });

  test.each(['none', 'tukey', 'bonferroni', 'holm', 'sidak'] as const)('all pairs, %s', async (adjust) => {
    const { contrasts } = emmeans(await byLeastSquares, ['period'], { contrasts: 'pairwise', adjust });
    contrasts!.forEach((row, i) => {
      const theirs = reference.cbppPairs[adjust]![i]!;
      expect(row.contrast.replace(/(\d)/g, 'period$1')).toBe(theirs.contrast);
      close(row.estimate, theirs.estimate, 1e-3);
      close(row.std_error, theirs.SE, 1e-3);
      close(row.p_value, theirs['p.value'], 3e-3);
      // Limits next to zero have no relative error worth the name.
      expect(Math.abs(row.conf_low - (theirs['asymp.LCL'] as number))).toBeLessThan(1e-3);
      expect(Math.abs(row.conf_high - (theirs['asymp.UCL'] as number))).toBeLessThan(1e-3);
    });
  });

  test('against the first level', async () => {
    const { contrasts, adjust } = emmeans(await byLeastSquares, ['period'], { contrasts: 'treatment' });
    expect(adjust).toBe('none');
    contrasts!.forEach((row, i) => {
      const theirs = reference.cbppTreatment[i]!;
      expect(row.contrast.replace(/(\d)/g, 'period$1')).toBe(theirs.contrast);
      close(row.estimate, theirs.estimate, 1e-3);
      close(row.p_value, theirs['p.value'], 3e-3);
    });
  });
});

describe('contraception: interaction, covariate with its square', () => {
  const fit = glmm('use ~ age + I(age^2) + urban * livch + (1 | district)', contraceptionTable, { family: 'binomial', standardErrors: 'wls' });
  test.each([[['livch'], 'contraception'], [['urban', 'livch'], 'contraceptionBy']] as const)('%s', async (specs, name) => {
    const { means, averagedOver, covariates } = emmeans(await fit, specs);
    expect(averagedOver).toEqual(specs.length === 1 ? ['urban'] : []);
    expect(Object.keys(covariates)).toEqual(['age']);
    expect(means.length).toBe(reference[name].length);
    means.forEach((row, i) => {
      const theirs = reference[name][i]!;
      for (const factor of specs) expect(row.levels[factor]).toBe(theirs[factor]);
      expect(Math.abs(row.emmean - (theirs.emmean as number))).toBeLessThan(1e-3 * (theirs.SE as number) + 1e-4);
      close(row.std_error, theirs.SE, 1e-3);
    });
  });

  test('a covariate elsewhere', async () => {
    const model = await fit;
    const [first] = emmeans(model, ['livch'], { at: { age: 10 } }).means;
    const beta = model.fixef;
    expect(first!.emmean).toBeCloseTo(beta['(Intercept)']! + 10 * beta.age! + 100 * beta['I(age^2)']! + beta.urbanY! / 2, 10);
  });
});

test('numbers that the formula makes a factor of', async () => {
  const numbers = await glmm('cbind(incidence, size - incidence) ~ factor(obs > 28) + size + (1 | herd)', cbppTable, { family: 'binomial' });
  expect(() => emmeans(numbers, ['size'])).toThrow("'size' holds numbers, so the model has one slope for it; type it factor (types, --types size=factor) to have means of its values");
});

test('t quantiles with residual degrees of freedom are wider', async () => {
  const fit = await cbppByHessian();
  const z = emmeans(fit, ['period']).means[0]!;
  const t = emmeans(fit, ['period'], { df: 'residual' }).means[0]!;
  expect((t.conf_high - t.emmean) / (z.conf_high - z.emmean)).toBeCloseTo(2.006647 / 1.959964, 5);
});

test('what cannot be asked', async () => {
  const fit = await cbppByHessian();
  const ordered = await glmm('rating ~ temp + contact + (1 | judge)', wineTable, { family: 'cumulative' });
  expect(() => emmeans(ordered, ['temp'], { type: 'response' })).toThrow('ordered categories');
  const [cold, warm] = emmeans(ordered, ['temp']).means;
  expect(warm!.emmean - cold!.emmean).toBeCloseTo(ordered.fixef.tempwarm!, 10);
  expect(() => emmeans(fit, ['perio'])).toThrow("'perio' is no factor of the fixed effects (period)");
  expect(() => emmeans(fit, [])).toThrow('name one or more factors');
  expect(() => emmeans(fit, ['period'], { at: { size: 3 } })).toThrow("'size' is no covariate");
  expect(() => emmeans(fit, ['period'], { contrasts: 'treatment', adjust: 'tukey' })).toThrow('tukey');
});
