/** What a prediction says of a row: from its linear predictors to a mean, a probability or several of them. */
import { type CumulativeLink, categoryProbability } from '../families/cumulative.js';
import type { Family } from '../families/family.js';
import { OptionError } from '../errors.js';
import { familyOf, getFamily } from '../families/registry.js';
import type { GlmmFit } from '../fit/glmm.js';
import closestName from '../names.js';
import { PREDICTION_TYPES, type PredictionType } from './prediction-types.js';

/** One number of a row from η and its auxiliary values. */
export type Scale = (eta: number, auxiliary: ArrayLike<number>) => number;

export interface PredictionScale {
  /** One scale per number of a row. */
  readonly scales: readonly Scale[];
  /** Names of the categories, where a prediction is of categories. */
  readonly levels: readonly string[] | null;
  /** Whether the numbers have standard errors: not probabilities. */
  readonly hasErrors: boolean;
}

/** @throws OptionError for a type that does not exist, or not for the family of the model. */
export function predictionScale({ design, frame: { categories } }: Pick<GlmmFit, 'design' | 'frame'>, type: PredictionType): PredictionScale {
  if (!PREDICTION_TYPES.includes(type)) throw new OptionError(`unknown type '${String(type)}' of prediction; use ${PREDICTION_TYPES.join(', ')}${closestName(String(type), PREDICTION_TYPES)}`);
  if (type === 'link') return { scales: [(eta) => eta], levels: null, hasErrors: true };
  if (type === 'prob' || type === 'cum.prob' || type === 'class') {
    if (categories === null) throw new OptionError(`type ${type} is for ordered responses (family cumulative); use response or link`);
    const probability = (k: number): Scale => (eta, thresholds) => categoryProbability(design.link as CumulativeLink, eta, thresholds, k);
    const own = categories.map((_, k) => probability(k + 1));
    return { scales: type === 'cum.prob' ? own.map((_, k) => sumOf(own.slice(0, k + 1))) : own, levels: categories, hasErrors: false };
  }
  if (categories !== null) throw new OptionError(`an ordered response has no mean; predict type prob, cum.prob or class, the probabilities of its categories, or link`);
  if (type === 'response') return { scales: [meanOf(familyOf(design))], levels: null, hasErrors: true };
  if (type === 'conditional') return { scales: [meanOf(getFamily(design.family, design.link))], levels: null, hasErrors: true };
  if (!design.auxiliary.some(({ role }) => role === 'zi')) throw new OptionError('type zprob is for models with zero inflation (ziformula, --zi); use response');
  return { scales: [(_eta, auxiliary) => 1 / (1 + Math.exp(-auxiliary[auxiliary.length - 1]!))], levels: null, hasErrors: false };
}

const meanOf = (family: Family): Scale => (eta, auxiliary) => family.responseMean(eta, auxiliary);
const sumOf = (scales: readonly Scale[]): Scale => (eta, auxiliary) => scales.reduce((sum, scale) => sum + scale(eta, auxiliary), 0);

/** The category of the largest probability of each row, from 1 on; the first of equals, NaN where a probability is missing. */
export function mostProbable(probabilities: Float64Array, categories: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / categories }, (_, i) => {
    const own = probabilities.subarray(i * categories, (i + 1) * categories);
    return own.some(Number.isNaN) ? NaN : own.indexOf(Math.max(...own)) + 1;
  });
}
