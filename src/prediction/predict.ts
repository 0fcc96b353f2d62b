/** Predictions of a fitted model: with, without or averaged over the random effects, on its own rows or on new ones. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkArgument, checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { checkLevel } from '../fit/confidence-level.js';
import type { GlmmFit } from '../fit/glmm.js';
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { type RandomTerm, hasTwoPredictors } from '../model/design.js';
import { type PredictorRows, linearPredictors } from '../model/linear-predictor.js';
import closestName from '../names.js';
import { gaussHermite } from '../numerics/gauss-hermite.js';
import { type TableInput, toTable } from '../table/from-values.js';
import { type FitRows, type NewRowOptions, newRows } from './fit-rows.js';
import { jointPrecision } from './joint-precision.js';
import { type UncertainMean, meanUncertainty } from './mean-uncertainty.js';
import { type Scale, mostProbable, predictionScale } from './prediction-scale.js';
import type { PredictionType } from './prediction-types.js';

/** Which rows are predicted, on which scale, with which random effects. */
export interface PredictOptions extends NewRowOptions {
  /** New rows; absent: the rows of the fit. */
  readonly data?: TableInput;
  /** Default `response`; for ordered responses there is none, and `prob` is the default. */
  readonly type?: PredictionType;
  /** Random effects that count: `all` (default), `none` (R's `re.form = NA`), or names of grouping factors. */
  readonly reForm?: 'all' | 'none' | readonly string[];
  /** Mean over new random effects instead of at the modes: what a randomly drawn level has on average. Not with `reForm`. */
  readonly populationAveraged?: boolean;
  /** Whether standard errors are wanted (default false): those of η, by the delta method on the scale of means; not for probabilities. */
  readonly standardErrors?: boolean;
  /** Level of confidence intervals for the prediction, 0.5 … 0.9999: symmetric on the scale of η, of the link of the mean where it depends on zero inflation or dispersion, too. */
  readonly level?: number;
}

/** Predictions with what was asked for of their uncertainty. */
export interface Prediction {
  /** One number per row, for `prob` and `cum.prob` one per category, row by row; NaN where a predictor is missing. */
  readonly fit: Float64Array;
  /** Names of the categories of `prob`, `cum.prob` and `class`; else null. */
  readonly levels: readonly string[] | null;
  readonly standardErrors: Float64Array | null;
  readonly low: Float64Array | null;
  readonly high: Float64Array | null;
}

const OPTION_NAMES = {
  data: true, type: true, reForm: true, populationAveraged: true, standardErrors: true, level: true, allowNewLevels: true, offset: true,
} as const satisfies Record<keyof PredictOptions, true>;

/** Points over which population averages are taken: enough for 1e-8 up to standard deviations of 4. */
const AVERAGE_NODES = 61;

/** @throws OptionError for contradictory options, DataError for data the model cannot be applied to. */
export function predict(fit: GlmmFit, options: PredictOptions = {}): Prediction {
  checkFit('predict', fit);
  checkOptionNames(options, OPTION_NAMES, 'predict');
  const { design } = fit;
  const { type = fit.frame.categories === null ? 'response' : 'prob', level } = options;
  const { scales, levels, hasErrors } = predictionScale(fit, type);
  if (level !== undefined) checkLevel(level);
  const averaged = options.populationAveraged === true;
  if (averaged && options.reForm !== undefined) throw new OptionError('a population average is over all random effects; leave the choice of them out (reForm, --re)');
  if (averaged && type === 'link') throw new OptionError('a population average is of the response; leave type out');
  const wantErrors = options.standardErrors === true || level !== undefined;
  if (wantErrors && !hasErrors) throw new OptionError(`type ${type} has no standard errors; leave standardErrors and level out, use type link, or bootstrap`);
  const terms = termsOf(fit, averaged ? 'none' : (options.reForm ?? 'all'));
  const rows: FitRows = options.data === undefined ? design
    : newRows(fit.frame, toTable(options.data), options, terms.map((counts) => (averaged ? 'matrix' : counts ? 'modes' : 'none')));

  const { eta, auxiliaryOf } = linearPredictors(fit, rows, terms);
  const average = averaged ? averageOver(fit, rows) : null;
  const scaleOf = (scale: Scale, row: number): Scale => (average === null ? scale : (value, auxiliary) => average(scale, value, row, auxiliary));
  const numbers = new Float64Array(rows.nobs * scales.length);
  eta.forEach((value, i) => { scales.forEach((scale, k) => { numbers[i * scales.length + k] = scaleOf(scale, i)(value, auxiliaryOf(i)); }); });
  const out = type === 'class' ? mostProbable(numbers, scales.length) : numbers;
  if (!wantErrors) return { fit: out, levels, standardErrors: null, low: null, high: null };

  const precision = jointPrecision(fit, fit.covariance);
  const uncertainty = meanUncertainty(fit, level === undefined ? NaN : normalQuantile(0.5 + level / 2, 0, 1));
  const uncertain = Array.from(eta, (value, i) => uncertainty(scaleOf(scales[0]!, i), {
    eta: value, errorOf: (...slopes) => precision.predictor(rows, i, terms, slopes), auxiliary: auxiliaryOf(i),
    loading: (k, j) => rows.auxiliary[k]!.x[i * rows.auxiliary[k]!.names.length + j]!,
  }));
  const column = (name: keyof UncertainMean): Float64Array => Float64Array.from(uncertain, (row) => row[name]);
  return {
    fit: out,
    levels,
    standardErrors: options.standardErrors === true ? column('error') : null,
    low: level === undefined ? null : column('low'),
    high: level === undefined ? null : column('high'),
  };
}

/** Which random terms count. @throws OptionError for a name that is no grouping factor. */
function termsOf(fit: Pick<GlmmFit, 'design'>, reForm: NonNullable<PredictOptions['reForm']>): boolean[] {
  const { random } = fit.design;
  if (reForm === 'all' || reForm === 'none') return random.map(() => reForm === 'all');
  const groups = random.map(({ group }) => group);
  checkArgument('reForm', reForm, ['length'], 'a list of grouping factors', "or 'all' or 'none'");
  const unknown = reForm.find((name) => !groups.includes(name));
  if (unknown !== undefined) throw new OptionError(`reForm (--re) names '${unknown}', which is no grouping factor of the model (${[...new Set(groups)].join(', ')})${closestName(unknown, groups)}`);
  return groups.map((group) => reForm.includes(group));
}

const actsOnMean = ({ predictor }: RandomTerm): boolean => predictor === undefined;

/** Variance of z'b of a row under new random effects of some terms, default those that act on η. */
export function randomVariance(fit: Pick<GlmmFit, 'design' | 'params'>, rows: PredictorRows, counts: (term: RandomTerm) => boolean = actsOnMean): (row: number) => number {
  const { design, params } = fit;
  const factors = thetaByTerm(design, params).map((theta, t) => termFactor(design.random[t]!, theta));
  return (row) => {
    let variance = 0;
    design.random.forEach((term, t) => {
      if (!counts(term)) return;
      const q = term.names.length;
      for (let c = 0; c < q; c++) {
        let sum = 0;
        for (let r = c; r < q; r++) sum += factors[t]![r * q + c]! * rows.random[t]!.z[row * q + r]!;
        variance += sum * sum;
      }
    });
    return variance;
  };
}

/** A scale of a row, averaged over new random effects: z'b is normal, whatever the number of effects, and independent for the two predictors. */
function averageOver(fit: GlmmFit, rows: PredictorRows): (scale: Scale, eta: number, row: number, auxiliary: ArrayLike<number>) => number {
  const varianceOf = randomVariance(fit, rows);
  const excessVarianceOf = hasTwoPredictors(fit.design) ? randomVariance(fit, rows, (term) => !actsOnMean(term)) : null;
  const { nodes, logWeights } = gaussHermite(AVERAGE_NODES);
  const weights = nodes.map((node, k) => Math.exp(logWeights[k]! - 0.5 * node * node));
  const overEta = (scale: Scale, eta: number, sd: number, auxiliary: ArrayLike<number>): number =>
    nodes.reduce((sum, node, k) => sum + weights[k]! * scale(eta + sd * node, auxiliary), 0);
  return (scale, eta, row, auxiliary) => {
    const sd = Math.sqrt(varianceOf(row));
    if (excessVarianceOf === null) return overEta(scale, eta, sd, auxiliary);
    const zeta = auxiliary[auxiliary.length - 1]!;
    const excessSd = Math.sqrt(excessVarianceOf(row));
    const shifted = Float64Array.from(auxiliary);
    return nodes.reduce((sum, node, k) => {
      shifted[shifted.length - 1] = zeta + excessSd * node;
      return sum + weights[k]! * overEta(scale, eta, sd, shifted);
    }, 0);
  };
}
