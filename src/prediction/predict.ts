/** Predictions of a fitted model: with, without or averaged over the random effects, on its own rows or on new ones. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { checkLevel } from '../fit/confidence-level.js';
import type { GlmmFit } from '../fit/glmm.js';
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { hasTwoPredictors } from '../model/design.js';
import { type PredictorRows, linearPredictors } from '../model/linear-predictor.js';
import closestName from '../names.js';
import { gaussHermite } from '../numerics/gauss-hermite.js';
import { type TableInput, toTable } from '../table/from-values.js';
import { type FitRows, type NewRowOptions, newRows } from './fit-rows.js';
import { jointPrecision } from './joint-precision.js';
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
  /** Level of confidence intervals for the prediction, 0.5 … 0.9999: symmetric on the scale of η. */
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
  const { scales, levels, ofEta } = predictionScale(fit, type);
  if (level !== undefined) checkLevel(level);
  const averaged = options.populationAveraged === true;
  if (averaged && options.reForm !== undefined) throw new OptionError('a population average is over all random effects; leave reForm out');
  if (averaged && type === 'link') throw new OptionError('a population average is of the response; leave type out');
  const wantErrors = options.standardErrors === true || level !== undefined;
  if (wantErrors && !ofEta) throw new OptionError(`type ${type} has no standard errors; leave standardErrors and level out, or use type link`);
  const terms = termsOf(fit, averaged ? 'none' : (options.reForm ?? 'all'));
  const rows: FitRows = options.data === undefined ? design
    : newRows(fit.frame, toTable(options.data), options, terms.map((counts) => (averaged ? 'matrix' : counts ? 'modes' : 'none')));

  const { eta, auxiliaryOf } = linearPredictors(fit, rows, terms);
  const average = averaged ? averageOver(fit, rows) : null;
  const on = (scale: Scale, value: number, row: number): number => (average === null ? scale(value, auxiliaryOf(row)) : average(scale, value, row, auxiliaryOf(row)));
  const numbers = new Float64Array(rows.nobs * scales.length);
  eta.forEach((value, i) => { scales.forEach((scale, k) => { numbers[i * scales.length + k] = on(scale, value, i); }); });
  const out = type === 'class' ? mostProbable(numbers, scales.length) : numbers;
  if (!wantErrors) return { fit: out, levels, standardErrors: null, low: null, high: null };

  const scale = (value: number, row: number): number => on(scales[0]!, value, row);
  const precision = jointPrecision(fit);
  const errors = eta.map((_, i) => Math.sqrt(precision.variance(rows, i, terms)));
  const z = level === undefined ? NaN : normalQuantile(0.5 + level / 2, 0, 1);
  const limit = (sign: number): Float64Array => eta.map((value, i) => scale(value + sign * z * errors[i]!, i));
  const [one, other] = level === undefined ? [null, null] : [limit(-1), limit(1)];
  return {
    fit: out,
    levels,
    standardErrors: options.standardErrors === true ? errors.map((error, i) => error * Math.abs(slope(scale, eta[i]!, i))) : null,
    // The inverse link turns the interval round.
    low: one === null ? null : one.map((value, i) => Math.min(value, other[i]!)),
    high: one === null ? null : one.map((value, i) => Math.max(value, other[i]!)),
  };
}

/** Central difference of a scale, whose third derivative is of order one in units of the link: accurate to 1e-9. */
function slope(scale: (eta: number, row: number) => number, eta: number, row: number): number {
  const h = 1e-4 * Math.max(1, Math.abs(eta));
  return (scale(eta + h, row) - scale(eta - h, row)) / (2 * h);
}

/** Which random terms count. @throws OptionError for a name that is no grouping factor. */
export function termsOf(fit: Pick<GlmmFit, 'design'>, reForm: NonNullable<PredictOptions['reForm']>): boolean[] {
  const { random } = fit.design;
  if (reForm === 'all' || reForm === 'none') return random.map(() => reForm === 'all');
  const groups = random.map(({ group }) => group);
  const unknown = reForm.find((name) => !groups.includes(name));
  if (unknown !== undefined) throw new OptionError(`reForm names '${unknown}', which is no grouping factor of the model (${[...new Set(groups)].join(', ')})${closestName(unknown, groups)}`);
  return groups.map((group) => reForm.includes(group));
}

/** Variance of z'b of a row under new random effects, of the terms that act on η or on the zero inflation. */
export function randomVariance(fit: Pick<GlmmFit, 'design' | 'params'>, rows: PredictorRows, predictor?: 'zi'): (row: number) => number {
  const { design, params } = fit;
  const factors = thetaByTerm(design, params).map((theta, t) => termFactor(design.random[t]!, theta));
  return (row) => {
    let variance = 0;
    design.random.forEach((term, t) => {
      if (term.predictor !== predictor) return;
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
function averageOver(fit: GlmmFit, rows: PredictorRows): (scale: Scale, eta: number, row: number, auxiliary: Float64Array) => number {
  const varianceOf = randomVariance(fit, rows);
  const excessVarianceOf = hasTwoPredictors(fit.design) ? randomVariance(fit, rows, 'zi') : null;
  const { nodes, logWeights } = gaussHermite(AVERAGE_NODES);
  const weights = nodes.map((node, k) => Math.exp(logWeights[k]! - 0.5 * node * node));
  const overEta = (scale: Scale, eta: number, sd: number, auxiliary: Float64Array): number =>
    nodes.reduce((sum, node, k) => sum + weights[k]! * scale(eta + sd * node, auxiliary), 0);
  return (scale, eta, row, auxiliary) => {
    const sd = Math.sqrt(varianceOf(row));
    if (excessVarianceOf === null) return overEta(scale, eta, sd, auxiliary);
    const zeta = auxiliary.at(-1)!;
    const excessSd = Math.sqrt(excessVarianceOf(row));
    const shifted = auxiliary.slice();
    return nodes.reduce((sum, node, k) => {
      shifted[shifted.length - 1] = zeta + excessSd * node;
      return sum + weights[k]! * overEta(scale, eta, sd, shifted);
    }, 0);
  };
}
