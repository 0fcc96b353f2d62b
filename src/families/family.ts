/**
 * What the likelihood needs of a distribution with its link: the log-density as a function of the linear predictor η and its derivatives.
 * Each family exists twice: here in float64 and in float32 in `shaders/lib/family_<name>.wgsl`; the conformance tests compare the two.
 */
import type { AuxiliaryPredictor, FamilyName, LinkName } from '../model/design.js';
import type { UniformSource } from '../random/variates.js';

/** What most families with one parameter have in common. */
export const ONE_PARAMETER = { auxiliary: [], hasTrials: false, dispersionLimit: 0, fisherInformation: true, initialAuxiliary: () => [] } as const;

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
  /** One entry per auxiliary value a of the family. */
  readonly auxiliary: readonly AuxiliaryDerivatives[];
  /** Of families with zero inflation, where its logit ζ (the last auxiliary value) has random effects; else null. */
  readonly excess: ExcessDerivatives | null;
}

/** What a second linear predictor ζ needs beyond the derivatives it has as an auxiliary value. */
export interface ExcessDerivatives {
  /** −∂²ℓ/∂ζ², a positive stand-in for it, and −∂³ℓ/∂ζ³. */
  readonly w: Float64Array;
  readonly we: Float64Array;
  readonly dw: Float64Array;
  /** −∂²ℓ/∂η∂ζ and −∂³ℓ/∂η∂ζ². */
  readonly cross: Float64Array;
  readonly crossSlope: Float64Array;
  /** By each auxiliary value a before ζ: ∂²ℓ/∂ζ∂a, −∂³ℓ/∂ζ²∂a, −∂³ℓ/∂η∂ζ∂a. */
  readonly auxiliary: readonly { readonly score: Float64Array; readonly w: Float64Array; readonly cross: Float64Array }[];
}

/** How the rows change with an auxiliary value a; zero where a is infinite (the outermost thresholds). */
export interface AuxiliaryDerivatives {
  /** ∂ℓ/∂a. */
  readonly value: Float64Array;
  /** ∂²ℓ/∂η∂a. */
  readonly score: Float64Array;
  /** ∂w/∂a. */
  readonly w: Float64Array;
  /** ∂we/∂a. */
  readonly we: Float64Array;
}

/**
 * @param nAuxiliary auxiliary values of the family (`auxiliaryCount`)
 * @param withExcess whether the last of them is a linear predictor with random effects
 */
export function derivativeRows(size: number, nAuxiliary = 0, withExcess = false): Derivatives {
  const row = () => new Float64Array(size);
  return {
    d1: row(), w: row(), dw: row(), we: row(), dwe: row(),
    auxiliary: Array.from({ length: nAuxiliary }, () => ({ value: row(), score: row(), w: row(), we: row() })),
    excess: withExcess ? {
      w: row(), we: row(), dw: row(), cross: row(), crossSlope: row(),
      auxiliary: Array.from({ length: nAuxiliary - 1 }, () => ({ score: row(), w: row(), cross: row() })),
    } : null,
  };
}

/** Auxiliary values per row of a predictor: two for thresholds, the one below the row's category and the one above it. */
export function valuesOf(role: AuxiliaryPredictor['role']): number {
  return role === 'thresholds' ? 2 : 1;
}

export function auxiliaryCount(family: Pick<Family, 'auxiliary'>): number {
  return family.auxiliary.reduce((sum, role) => sum + valuesOf(role), 0);
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
  /** Derivatives by the auxiliary values: `value` alone, unless weights are asked for too. */
  auxiliary: 16,
} as const;

export const ALL_PARTS = 31;

export interface Family {
  readonly name: FamilyName;
  readonly link: LinkName;
  /** Predictors the family has beside η, in the order of its auxiliary values. */
  readonly auxiliary: readonly AuxiliaryPredictor['role'][];
  /** Where the dispersion parameter's logarithm may run off with the likelihood flat: 1 to +∞, −1 to −∞, 0 nowhere. */
  readonly dispersionLimit: -1 | 0 | 1;
  /** Whether y counts successes among trials. */
  readonly hasTrials: boolean;
  /** Whether observed and expected weights coincide. */
  readonly canonical: boolean;
  /** Whether `we` is the expected information; otherwise it is a positive stand-in that only guides the search for modes. */
  readonly fisherInformation: boolean;
  /**
   * Rows 0 … count − 1 of `out` from η[0 … count), and y, trials, weights at `base + i`. Returns Σ ℓ of the rows without
   * their data constants (meaningless unless asked for), or NaN (rows undefined) when some η lies outside the domain of the link (log-binomial η ≥ 0, identity/sqrt-Poisson η ≤ 0). `parts` says which rows are wanted (`PART`).
   * Auxiliary values are read from `auxiliary[k][base + i]`.
   */
  evaluate(
    eta: Float64Array, y: Float64Array, trials: Float64Array, weights: Float64Array,
    base: number, count: number, parts: number, out: Derivatives, auxiliary: readonly Float64Array[],
  ): number;
  /**
   * Optional fast path of the mode search with one random effect: Σ l d1, Σ l² w, Σ l³ dw over the rows at η = η0 + l u into `sums`
   * (l = loading). Must agree with `evaluate`; only for links without domain limits whose w is positive everywhere and guides the search alone.
   */
  modeSums?(
    eta0: Float64Array, loading: Float64Array, u: number, y: Float64Array, trials: Float64Array, weights: Float64Array,
    base: number, count: number, sums: Float64Array, auxiliary: readonly Float64Array[],
  ): void;
  /** The part of the log-density that depends on data only (binomial coefficient, −log y!), times the weight. */
  constant(y: number, trials: number, weight: number): number;
  /** Inverse link. */
  mean(eta: number): number;
  linkOf(mu: number): number;
  /** dμ/dη. */
  meanDerivative(eta: number): number;
  /** Variance of y/trials·… per unit weight and dispersion as a function of μ: μ(1 − μ), μ, μ². What GLM starts and working weights use. */
  variance(mu: number): number;
  /** Start of μ for a GLM fit, from y and trials; NaN where a response says nothing of μ. */
  initialMean(y: number, trials: number): number;
  /**
   * Starts of the auxiliary predictors, one list per predictor: its constant value, for thresholds all J − 1 of them.
   * @param mu means of a fit without random effects
   * @param categories J of cumulative families, else 0
   */
  initialAuxiliary(y: Float64Array, trials: Float64Array, weights: Float64Array, mu: Float64Array, categories: number): number[][];
  /** Mean of the response (per trial for binomial kinds), excess zeros and truncation included. NaN for cumulative families: categories have no mean. */
  responseMean(eta: number, auxiliary: ArrayLike<number>): number;
  /** Variance of the response (of y / trials for binomial kinds) at weight 1. */
  responseVariance(eta: number, auxiliary: ArrayLike<number>, trials: number): number;
  /**
   * A response at η and the auxiliary values of its row. NaN where they give no distribution. Which uniforms are consumed depends on the
   * parameters alone, so that a replicate uses its streams in a fixed way.
   * @param weight prior weight; only families with a scale (gaussian, Gamma, inverse Gaussian) depend on it
   * @param first uniform of (0, 1) for inversion
   * @param further uniforms for rejection and for distributions that need several
   */
  draw(eta: number, auxiliary: ArrayLike<number>, trials: number, weight: number, first: number, further: UniformSource): number;
  /**
   * Unit deviance of a row, 2·weight·(ℓ_saturated − ℓ) at the row's auxiliary values, times the dispersion of families with a scale. NaN where a saturated mean
   * is no function of the response alone.
   */
  devianceResidualSquared(y: number, mu: number, trials: number, weight: number, auxiliary: ArrayLike<number>): number;
  /** Null if y is allowed, else the rule that it breaks, in words (`allowed.ts`). */
  invalid(y: number, trials: number): string | null;
}
