/** Wald tests of linear hypotheses about the fixed effects. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { factor, solveLower } from '../numerics/cholesky.js';
import { chisqTail, fTail } from '../numerics/tails.js';

export interface CoefTestOptions {
  /** Values of the combinations under the hypothesis, one per row of the contrast; default zeros. */
  readonly value?: readonly number[];
  /**
   * `residual`: F with n − p denominator degrees of freedom, as MATLAB's coefTest has it by default; `none` (default): χ², as for z statistics.
   */
  readonly df?: 'residual' | 'none';
  /** Another covariance matrix of the fixed effects, e.g. from `robustVcov`. */
  readonly vcov?: readonly (readonly number[])[];
}

export interface CoefTest {
  readonly distribution: 'chisq' | 'f';
  /** Wald χ², or F = χ² / df1. */
  readonly statistic: number;
  /** Rank of the contrast. */
  readonly df1: number;
  /** Denominator degrees of freedom; null for χ². */
  readonly df2: number | null;
  readonly p_value: number;
}

/** What a test needs of a fitted model; `GlmmFit` is one. */
export interface TestedModel {
  readonly design: { readonly fixedNames: readonly string[]; readonly nobs: number };
  readonly params: Float64Array;
  readonly vcov: readonly (readonly number[])[];
}

const OPTION_NAMES = { value: true, df: true, vcov: true } as const satisfies Record<keyof CoefTestOptions, true>;

/**
 * Tests H β = value: (Hβ̂ − value)' (H V H')⁻¹ (Hβ̂ − value).
 * @param contrast rows of H, each one number per fixed effect; or the names of fixed effects that are zero under the hypothesis; default all but the intercept
 * @throws OptionError for a contrast of the wrong width, an unknown name, rows that depend on each other, or estimates without a covariance.
 *
 * @example
 * coefTest(fit, ['period2', 'period3', 'period4']);
 * coefTest(fit, [[0, 1, -1, 0]], { df: 'residual' });
 */
export function coefTest(fit: TestedModel, contrast?: readonly string[] | readonly (readonly number[])[], options: CoefTestOptions = {}): CoefTest {
  checkFit('coefTest', fit);
  checkOptionNames(options, OPTION_NAMES, 'coefTest');
  const { fixedNames, nobs } = fit.design;
  const p = fixedNames.length;
  const rows = contrastRows(fixedNames, contrast ?? fixedNames.filter((name) => name !== '(Intercept)'));
  const m = rows.length;
  const { value = rows.map(() => 0), df = 'none', vcov = fit.vcov } = options;
  if (value.length !== m) throw new OptionError(`value has ${value.length} numbers, the contrast has ${m} rows; give one per row`);
  if (vcov.length !== p) throw new OptionError(`vcov is ${vcov.length} × ${vcov[0]?.length ?? 0}; the model has ${p} fixed effects`);
  const difference = Float64Array.from(rows, (row, r) => row.reduce((sum, weight, j) => sum + weight * fit.params[j]!, 0) - value[r]!);
  const variance = new Float64Array(m * m);
  rows.forEach((a, i) => {
    rows.forEach((b, j) => { a.forEach((left, s) => { b.forEach((right, t) => { if (left !== 0 && right !== 0) variance[i * m + j]! += left * right * vcov[s]![t]!; }); }); });
  });
  if (!variance.every(Number.isFinite)) throw new OptionError('the estimates have no covariance matrix: the information at the estimates is not positive definite; nothing can be tested');
  for (let i = 0; i < m; i++) {
    if (rows[i]!.every((weight) => weight === 0)) throw new OptionError(`row ${i + 1} of the contrast is all zeros; leave it out`);
  }
  const diagonal = Array.from({ length: m }, (_, i) => variance[i * m + i]!);
  if (!factor(variance, m) || diagonal.some((own, i) => variance[i * m + i]! ** 2 < DEPENDENT * own)) {
    throw new OptionError('the rows of the contrast depend on each other; leave out those that follow from the rest');
  }
  solveLower(variance, m, difference);
  const chisq = difference.reduce((sum, own) => sum + own * own, 0);
  if (df === 'none') return { distribution: 'chisq', statistic: chisq, df1: m, df2: null, p_value: chisqTail(chisq, m) };
  const df2 = nobs - p;
  return { distribution: 'f', statistic: chisq / m, df1: m, df2, p_value: fTail(chisq / m, m, df2) };
}

/** Part of a combination's variance that the rows before it leave unexplained, below which it follows from them. */
const DEPENDENT = 1e-12;

function contrastRows(names: readonly string[], contrast: readonly string[] | readonly (readonly number[])[]): number[][] {
  if (contrast.length === 0) throw new OptionError('the contrast has no rows; name the fixed effects to be tested');
  return contrast.map((row: string | readonly number[], r) => {
    if (typeof row !== 'string') {
      if (row.length !== names.length) throw new OptionError(`row ${r + 1} of the contrast has ${row.length} numbers; the model has ${names.length} fixed effects (${names.join(', ')})`);
      if (!row.every(Number.isFinite)) throw new OptionError(`row ${r + 1} of the contrast holds a value that is not a finite number`);
      return [...row];
    }
    const at = names.indexOf(row);
    if (at === -1) throw new OptionError(`the model has no fixed effect '${row}'; it has ${names.join(', ')}`);
    return names.map((_, j) => (j === at ? 1 : 0));
  });
}
