/** Wald tests of linear hypotheses about fixed and random effects. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import type { Design } from '../model/design.js';
import { randomEffects } from '../model/random-effects.js';
import { factor, solveLower } from '../numerics/cholesky.js';
import { chisqTail, fTail } from '../numerics/tails.js';
import { type Combination, type FittedModel, jointPrecision } from '../prediction/joint-precision.js';

/** The hypothesis, reference distribution and covariance of the test. */
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

/** A Wald test of linear hypotheses. */
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
export type TestedModel = FittedModel;

const OPTION_NAMES = { value: true, df: true, vcov: true } as const satisfies Record<keyof CoefTestOptions, true>;

/**
 * Rows of a hypothesis, each one number per fixed effect; or the name of a fixed effect; or weights by name, of fixed effects (`period2`) and of random
 * ones (`(Intercept)|herd|7`: term, grouping factor, level).
 */
export type Contrast = readonly (string | readonly number[] | Readonly<Record<string, number>>)[];

/**
 * Tests H β + K b = value: d'(Var d)⁻¹d with d = Hβ̂ + Kb̂ − value. Where random effects take part Var d is the covariance of the errors of prediction, as
 * in MATLAB's coefTest with a `REContrast`.
 * @param contrast default: every fixed effect but the intercept is zero
 * @throws OptionError for a contrast of the wrong width, an unknown name, rows that depend on each other, or estimates without a covariance.
 *
 * @example
 * coefTest(fit, ['period2', 'period3', 'period4']);
 * coefTest(fit, [{ period2: 1, period3: -1 }], { df: 'residual' });
 * coefTest(fit, [{ '(Intercept)|herd|1': 1, '(Intercept)|herd|2': -1 }]);
 */
export function coefTest(fit: TestedModel, contrast?: Contrast, options: CoefTestOptions = {}): CoefTest {
  checkFit('coefTest', fit);
  checkOptionNames(options, OPTION_NAMES, 'coefTest');
  const { design } = fit;
  const { fixedNames, nobs } = design;
  const p = fixedNames.length;
  const rows = combinations(design, contrast ?? fixedNames.filter((name) => name !== '(Intercept)'));
  const m = rows.length;
  const { value = rows.map(() => 0), df = 'none', vcov = fit.vcov } = options;
  if (value.length !== m) throw new OptionError(`value has ${value.length} numbers, the contrast has ${m} rows; give one per row`);
  if (vcov.length !== p) throw new OptionError(`vcov is ${vcov.length} × ${vcov[0]?.length ?? 0}; the model has ${p} fixed effects`);
  const modes = randomEffects(design, fit.params, fit.modes);
  const difference = Float64Array.from(rows, ({ fixed, random }, r) => fixed.reduce((sum, weight, j) => sum + weight * fit.params[j]!, -value[r]!)
    + random.reduce((sum, { term, level, effect, weight }) => sum + weight * modes[term]![level * design.random[term]!.names.length + effect]!, 0));
  const variance = rows.some(({ random }) => random.length > 0) ? jointPrecision({ design, params: fit.params, modes: fit.modes, response: fit.response, vcov }).combinationCovariance(rows)
    : fixedCovariance(rows, vcov);
  if (!variance.every(Number.isFinite)) throw new OptionError('the estimates have no covariance matrix: the information at the estimates is not positive definite; nothing can be tested');
  for (let i = 0; i < m; i++) {
    if (rows[i]!.random.length === 0 && rows[i]!.fixed.every((weight) => weight === 0)) throw new OptionError(`row ${i + 1} of the contrast is all zeros; leave it out`);
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

interface Row extends Combination {
  readonly fixed: readonly number[];
}

function fixedCovariance(rows: readonly Row[], vcov: readonly (readonly number[])[]): Float64Array {
  const m = rows.length;
  const variance = new Float64Array(m * m);
  rows.forEach(({ fixed: a }, i) => {
    rows.forEach(({ fixed: b }, j) => { a.forEach((left, s) => { b.forEach((right, t) => { if (left !== 0 && right !== 0) variance[i * m + j]! += left * right * vcov[s]![t]!; }); }); });
  });
  return variance;
}

function combinations(design: Design, contrast: Contrast): Row[] {
  const { fixedNames: names } = design;
  if (!Array.isArray(contrast) || contrast.length === 0) throw new OptionError('the contrast has no rows; name the fixed effects to be tested');
  return (contrast as Contrast).map((row, r) => {
    if (typeof row === 'string') return namedRow(design, { [row]: 1 }, r);
    if (!Array.isArray(row)) return namedRow(design, row as Readonly<Record<string, number>>, r);
    if (row.length !== names.length) throw new OptionError(`row ${r + 1} of the contrast has ${row.length} numbers; the model has ${names.length} fixed effects (${names.join(', ')})`);
    return { fixed: [...row as readonly number[]].map((weight) => finite(weight, r)), random: [] };
  });
}

function namedRow({ fixedNames, random }: Design, weights: Readonly<Record<string, number>>, r: number): Row {
  const fixed = fixedNames.map(() => 0);
  const effects: Combination['random'][number][] = [];
  for (const [name, weight] of Object.entries(weights)) {
    finite(weight, r);
    const at = fixedNames.indexOf(name);
    if (at !== -1) {
      fixed[at] = weight;
      continue;
    }
    const place = random.flatMap(({ group, names, levels }, term) => names.flatMap((own, effect) => {
      const start = `${own}|${group}|`;
      const level = name.startsWith(start) ? levels.indexOf(name.slice(start.length)) : -1;
      return level === -1 ? [] : [{ term, level, effect, weight }];
    }))[0];
    if (place === undefined) {
      const example = random[0] === undefined ? '' : `; random effects are written '${random[0].names[0]!}|${random[0].group}|${random[0].levels[0]!}'`;
      throw new OptionError(`the model has no fixed effect '${name}'; it has ${fixedNames.join(', ')}${example}`);
    }
    effects.push(place);
  }
  return { fixed, random: effects };
}

function finite(weight: number, r: number): number {
  if (!Number.isFinite(weight)) throw new OptionError(`row ${r + 1} of the contrast holds a value that is not a finite number`);
  return weight;
}
