export const PREDICTION_TYPES = ['response', 'link', 'conditional', 'zprob', 'prob', 'cum.prob', 'class'] as const;

/**
 * What a prediction is of.
 * - `response`: the mean, excess zeros and truncation included;
 * - `link`: the linear predictor η;
 * - `conditional`: with zero inflation the mean of the responses that are no excess zeros; else as `response`;
 * - `zprob`: the probability of an excess zero;
 * - `prob`, `cum.prob`: of ordered responses the probability of each category, and of at most that category;
 * - `class`: the most probable category, by its number from 1 on.
 */
export type PredictionType = (typeof PREDICTION_TYPES)[number];
