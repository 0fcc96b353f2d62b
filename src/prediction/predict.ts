/** Predictions of a fitted model: with, without or averaged over the random effects, on its own rows or on new ones. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import type { GlmmFit } from '../fit/glmm.js';
import { auxiliaryValues } from '../model/auxiliary-values.js';
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { parameterLayout } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import closestName from '../names.js';
import { gaussHermite } from '../numerics/gauss-hermite.js';
import { type TableInput, toTable } from '../table/from-values.js';
import { type FitRows, type NewRowOptions, fittedRows, newRows } from './fit-rows.js';
import { jointPrecision } from './joint-precision.js';

export interface PredictOptions extends NewRowOptions {
  /** New rows; absent: the rows of the fit. */
  readonly data?: TableInput;
  /** `response` (default): the mean, excess zeros and truncation included; `link`: the linear predictor η. */
  readonly type?: 'response' | 'link';
  /** Random effects that count: `all` (default), `none` (R's `re.form = NA`), or names of grouping factors. */
  readonly reForm?: 'all' | 'none' | readonly string[];
  /** Mean over new random effects instead of at the modes: what a randomly drawn level has on average. Not with `reForm`. */
  readonly populationAveraged?: boolean;
  /** Whether standard errors are wanted (default false): those of η, by the delta method on the response scale. */
  readonly standardErrors?: boolean;
  /** Level of confidence intervals for the prediction, 0.5 … 0.9999: symmetric on the scale of η. */
  readonly level?: number;
}

export interface Prediction {
  /** One number per row; NaN where a predictor is missing. */
  readonly fit: Float64Array;
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
  const { design, params } = fit;
  const { type = 'response', level } = options;
  if (type !== 'response' && type !== 'link') throw new OptionError(`unknown type '${String(type)}' of prediction; use response or link`);
  if (level !== undefined && !(level >= 0.5 && level <= 0.9999)) throw new OptionError(`level must be from 0.5 to 0.9999, not ${level}`);
  const averaged = options.populationAveraged === true;
  if (averaged && options.reForm !== undefined) throw new OptionError('a population average is over all random effects; leave reForm out');
  if (averaged && type === 'link') throw new OptionError('a population average is of the response; leave type out');
  const terms = termsOf(fit, averaged ? 'none' : (options.reForm ?? 'all'));
  const rows = options.data === undefined ? fittedRows(design)
    : newRows(fit.frame, toTable(options.data), options, terms.map((counts) => (averaged ? 'matrix' : counts ? 'modes' : 'none')));

  const eta = predictorOf(fit, rows, terms);
  const family = familyOf(design);
  const { nFixed, nTheta } = parameterLayout(design);
  const auxiliaryOf = auxiliaryValues(rows, params.subarray(nFixed + nTheta));
  const response = averaged ? averageOver(fit, rows) : (value: number, row: number): number => family.responseMean(value, auxiliaryOf(row));
  if (type === 'response' && design.family === 'cumulative') {
    throw new OptionError('an ordered response has no mean; predict type link, or the probabilities of its categories');
  }
  const scale = type === 'link' ? (value: number): number => value : response;
  const out = eta.map((value, i) => scale(value, i));
  if (options.standardErrors !== true && level === undefined) return { fit: out, standardErrors: null, low: null, high: null };

  const precision = jointPrecision(fit);
  const errors = eta.map((_, i) => Math.sqrt(precision.variance(rows, i, terms)));
  const z = level === undefined ? NaN : normalQuantile(0.5 + level / 2, 0, 1);
  const limit = (sign: number): Float64Array => eta.map((value, i) => scale(value + sign * z * errors[i]!, i));
  const [one, other] = level === undefined ? [null, null] : [limit(-1), limit(1)];
  return {
    fit: out,
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

/** η of rows with the random effects of the given terms at their modes. */
export function predictorOf(fit: Pick<GlmmFit, 'design' | 'params' | 'modes'>, rows: FitRows, terms: readonly boolean[]): Float64Array {
  const { design, params, modes } = fit;
  const p = design.fixedNames.length;
  const thetas = thetaByTerm(design, params);
  const places = effectPlaces(design).places.map((place, t) => ({ ...place, factor: termFactor(place.term, thetas[t]!) }));
  return Float64Array.from({ length: rows.nobs }, (_, i) => {
    let eta = rows.offset === null ? 0 : rows.offset[i]!;
    for (let j = 0; j < p; j++) eta += rows.x[i * p + j]! * params[j]!;
    places.forEach(({ q, first, stride, factor }, t) => {
      const level = rows.random[t]!.index[i]!;
      if (!terms[t] || level < 0) return;
      for (let r = 0; r < q; r++) {
        let effect = 0;
        for (let c = 0; c <= r; c++) effect += factor[r * q + c]! * modes[first + level * stride + c]!;
        eta += rows.random[t]!.z[i * q + r]! * effect;
      }
    });
    return eta;
  });
}

/** Variance of z'b of a row under new random effects. */
export function randomVariance(fit: Pick<GlmmFit, 'design' | 'params'>, rows: FitRows): (row: number) => number {
  const { design, params } = fit;
  const factors = thetaByTerm(design, params).map((theta, t) => termFactor(design.random[t]!, theta));
  return (row) => {
    let variance = 0;
    design.random.forEach(({ names }, t) => {
      const q = names.length;
      for (let c = 0; c < q; c++) {
        let sum = 0;
        for (let r = c; r < q; r++) sum += factors[t]![r * q + c]! * rows.random[t]!.z[row * q + r]!;
        variance += sum * sum;
      }
    });
    return variance;
  };
}

/** The response mean of a row, averaged over new random effects: z'b is normal, whatever the number of effects. */
function averageOver(fit: GlmmFit, rows: FitRows): (eta: number, row: number) => number {
  const family = familyOf(fit.design);
  const { nFixed, nTheta } = parameterLayout(fit.design);
  const auxiliaryOf = auxiliaryValues(rows, fit.params.subarray(nFixed + nTheta));
  const varianceOf = randomVariance(fit, rows);
  const { nodes, logWeights } = gaussHermite(AVERAGE_NODES);
  return (eta, row) => {
    const sd = Math.sqrt(varianceOf(row));
    const auxiliary = auxiliaryOf(row);
    let sum = 0;
    nodes.forEach((node, k) => { sum += Math.exp(logWeights[k]! - 0.5 * node * node) * family.responseMean(eta + sd * node, auxiliary); });
    return sum;
  };
}
