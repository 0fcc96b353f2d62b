/**
 * What the likelihood needs of a distribution with its link: the log-density as a function of the linear predictor η and its derivatives.
 * Each family exists twice: here in float64 and as `shaders/lib/family_<name>.wgsl`; the conformance tests compare the two.
 */
import type { FamilyName, LinkName } from '../model/design.js';

/** Scratch rows that `evaluate` fills; all as long as the largest group. */
export interface Derivatives {
  /** dℓ/dη. */
  readonly d1: Float64Array;
  /** Observed weight −d²ℓ/dη². */
  readonly w: Float64Array;
  /** dw/dη. */
  readonly dw: Float64Array;
  /** Expected (Fisher) weight and its derivative. Canonical links leave them alone: theirs are w and dw (`fisher`). */
  readonly we: Float64Array;
  readonly dwe: Float64Array;
}

export function derivativeRows(size: number): Derivatives {
  const row = () => new Float64Array(size);
  return { d1: row(), w: row(), dw: row(), we: row(), dwe: row() };
}

/** The rows in which `family` puts its expected weight and its derivative. */
export function fisher(family: Pick<Family, 'canonical'>, rows: Derivatives): { readonly weight: Float64Array; readonly derivative: Float64Array } {
  return family.canonical ? { weight: rows.w, derivative: rows.dw } : { weight: rows.we, derivative: rows.dwe };
}

/** What `evaluate` is asked for, as a sum of these flags; rows not asked for keep their old content. */
export const PART = {
  /** Σ ℓ, the returned number. */
  value: 1,
  score: 2,
  /** w and we. */
  weight: 4,
  /** dw and dwe. */
  weightDerivative: 8,
} as const;

export const ALL_PARTS = 15;

export interface Family {
  readonly name: FamilyName;
  readonly link: LinkName;
  /** Whether observed and expected weights coincide. */
  readonly canonical: boolean;
  /**
   * Rows 0 … count − 1 of `out` from η[0 … count), and y, trials, weights at `base + i`. Returns Σ ℓ of the rows without
   * their data constants (meaningless unless asked for), or NaN (rows undefined) when some η lies outside the domain of the link (log-binomial η ≥ 0, identity/sqrt-Poisson η ≤ 0). `parts` says which rows are wanted (`PART`).
   */
  evaluate(
    eta: Float64Array, y: Float64Array, trials: Float64Array, weights: Float64Array,
    base: number, count: number, parts: number, out: Derivatives,
  ): number;
  /**
   * Optional fast path of the mode search with one random effect: Σ l d1, Σ l² w, Σ l³ dw over the rows at η = η0 + l u into `sums`
   * (l = loading). Must agree with `evaluate`; only for canonical links without domain limits, where w = we.
   */
  modeSums?(
    eta0: Float64Array, loading: Float64Array, u: number, y: Float64Array, trials: Float64Array, weights: Float64Array,
    base: number, count: number, sums: Float64Array,
  ): void;
  /** The part of the log-density that depends on data only (binomial coefficient, −log y!), times the weight. */
  constant(y: number, trials: number, weight: number): number;
  /** Inverse link. */
  mean(eta: number): number;
  linkOf(mu: number): number;
  /** dμ/dη. */
  meanDerivative(eta: number): number;
  /** Variance of y/trials·… per unit weight as a function of μ: μ(1 − μ), μ. */
  variance(mu: number): number;
  /** Start of μ for a GLM fit, from y and trials. */
  initialMean(y: number, trials: number): number;
  /** Unit deviance contribution 2·weight·(ℓ_saturated − ℓ). */
  devianceResidualSquared(y: number, mu: number, trials: number, weight: number): number;
  /** Null if y is allowed, else what is wrong with it in words ("is negative"). */
  invalid(y: number, trials: number): string | null;
}
