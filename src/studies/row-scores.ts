/** Rows predicted by a fit that did not see them. */
import { type CumulativeLink, categoryProbability } from '../families/cumulative.js';
import { familyOf } from '../families/registry.js';
import type { Design } from '../model/design.js';
import { linearPredictors } from '../model/linear-predictor.js';
import type { WholeModel } from './leave-out.js';

/** What a fit says of a row that it did not see. */
export interface RowScore {
  readonly predicted: number;
  readonly squaredError: number;
  /** Summed over the trials. */
  readonly brier: number;
  readonly trials: number;
}

/** Of a row whose fit failed. */
export const FAILED: RowScore = { predicted: NaN, squaredError: NaN, brier: NaN, trials: 1 };

/** The scores of rows at the parameters and modes. */
export function rowScores({ frame: { design }, response }: WholeModel, params: Float64Array, modes: Float64Array): (row: number) => RowScore {
  const { eta, auxiliaryOf } = linearPredictors({ design, params, modes });
  if (isOrdered(design)) {
    return (row) => {
      const thresholds = auxiliaryOf(row);
      const p = Array.from({ length: thresholds.length + 1 }, (_, k) => categoryProbability(design.link as CumulativeLink, eta[row]!, thresholds, k + 1));
      return { predicted: p[response[row]! - 1]!, squaredError: NaN, brier: p.reduce((sum, value, k) => sum + (value - (k + 1 === response[row] ? 1 : 0)) ** 2, 0), trials: 1 };
    };
  }
  const family = familyOf(design);
  const binomial = isBinomial(design);
  return (row) => {
    const y = response[row]!;
    const trials = binomial ? design.trials?.[row] ?? 1 : 1;
    const mean = family.responseMean(eta[row]!, auxiliaryOf(row));
    return { predicted: mean, squaredError: (y / trials - mean) ** 2, brier: y * (1 - mean) ** 2 + (trials - y) * mean ** 2, trials };
  };
}

/** Errors of predictions. */
export interface PredictionErrors {
  /** Root mean squared difference of response (binomial: proportion) and predicted mean; null for ordered responses, which have no mean. */
  readonly rmse: number | null;
  /**
   * Mean squared difference of each trial's outcome (0 or 1) and predicted probability; for ordered responses summed over the categories (Brier 1950);
   * null for families without probabilities.
   */
  readonly brier: number | null;
}

/** Families of so many successes out of so many trials, whose means are probabilities. */
function isBinomial({ family }: Design): boolean {
  return family === 'binomial' || family === 'betabinomial';
}

/** Families of categories. */
function isOrdered({ family }: Design): boolean {
  return family === 'cumulative';
}

/** Errors of the predictions of some rows. */
export function errorsOf(design: Design, scores: readonly RowScore[]): PredictionErrors {
  const sum = (of: (score: RowScore) => number): number => scores.reduce((total, score) => total + of(score), 0);
  return {
    rmse: isOrdered(design) ? null : Math.sqrt(sum(({ squaredError }) => squaredError) / scores.length),
    brier: isBinomial(design) || isOrdered(design) ? sum(({ brier }) => brier) / sum(({ trials }) => trials) : null,
  };
}
