import { checkArgument } from '../check-arguments.js';

/** How the fit of one model ended. Codes are stable: they are written to files. */
export const STATUS = {
  /** Stationary point with a covariance of full rank. */
  converged: 0,
  /** Converged with a singular covariance (a variance of zero or a correlation of ±1): a valid maximum on the boundary. */
  boundary: 1,
  /** Complete or quasi-complete separation: some coefficients have no finite estimate. */
  separated: 2,
  /** The evaluation limit was reached first. */
  maxEvaluations: 3,
  /** No step along the search direction improved the likelihood although the gradient is not small. */
  lineSearch: 4,
  /** The likelihood is not finite at the start, or a response holds values the family does not allow. */
  nonFinite: 5,
} as const;

/** How a fit ended, in words: the keys of `STATUS`. */
export type StatusName = keyof typeof STATUS;

/** Status names by code. */
export const STATUS_NAMES = Object.keys(STATUS) as StatusName[];

/** Converged, on the boundary or not: the estimate is the maximum-likelihood estimate. */
export function isConverged(code: number): boolean {
  return code === STATUS.converged || code === STATUS.boundary;
}

/** Whether the log-likelihood is its supremum: a separated fit has no finite estimate, but its log-likelihood is near its bound. */
export function hasSupremum(code: number): boolean {
  return isConverged(code) || code === STATUS.separated;
}

/** Status names of codes, as tables have them. */
export function statusNames(codes: Uint8Array): StatusName[] {
  return Array.from(codes, (code) => STATUS_NAMES[code]!);
}

/** The codes of status names. */
export function statusCodes(names: readonly string[]): Uint8Array {
  return Uint8Array.from(names, (name) => STATUS[name as StatusName]);
}

/** Number of models with each status, every name present. */
export function countStatuses(codes: ArrayLike<number>): Record<StatusName, number> {
  checkArgument('countStatuses', codes, ['length'], 'the status codes of a batch', 'for example fits.status');
  const counts = Object.fromEntries(STATUS_NAMES.map((name) => [name, 0])) as Record<StatusName, number>;
  for (let i = 0; i < codes.length; i++) counts[STATUS_NAMES[codes[i]!]!]++;
  return counts;
}
