/** Wald tests of the terms of the fixed effects: MATLAB's `anova` of one fitted model. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import type { FixedTerms } from '../formula/model-matrix.js';
import { type CoefTest, type CoefTestOptions, type TestedModel, coefTest } from './coef-test.js';
import { termColumns } from './term-columns.js';

/** What the table needs of a fitted model; `GlmmFit` is one. */
export interface AnovaModel extends TestedModel {
  readonly frame: { readonly fixedTerms: FixedTerms };
}

/** The reference distribution and covariance of the tests. */
export type AnovaOptions = Pick<CoefTestOptions, 'df' | 'vcov'>;

const OPTION_NAMES = { df: true, vcov: true } as const satisfies Record<keyof AnovaOptions, true>;

/** The Wald test of one term. */
export interface AnovaRow extends CoefTest {
  /** `(Intercept)`, `period`, `lbase:trt`. */
  readonly term: string;
}

/**
 * For each term the hypothesis that all its coefficients are zero while those of all other terms stay: marginal tests, which for factors in interactions depend
 * on the contrasts (with `sum` contrasts they are those of type III).
 * @param options `df`: F with n − p denominator degrees of freedom unless it is `none`; `vcov` as for `coefTest`
 * @throws OptionError where the estimates have no covariance matrix.
 *
 * @example
 * anova(fit, { df: 'none' });
 */
export function anova(fit: AnovaModel, options: AnovaOptions = {}): AnovaRow[] {
  checkFit('anova', fit);
  checkOptionNames(options, OPTION_NAMES, 'anova');
  const { fixedNames } = fit.design;
  const terms = termColumns(fit.frame.fixedTerms).map(({ label, columns }) => ({ label, columns }));
  const intercept = fixedNames.indexOf('(Intercept)');
  return [...(intercept === -1 ? [] : [{ label: '(Intercept)', columns: [intercept] }]), ...terms].flatMap(({ label: term, columns }) =>
    (columns.length === 0 ? [] : [{ term, ...coefTest(fit, columns.map((j) => fixedNames[j]!), { df: 'residual', ...options }) }]));
}
