/**
 * Cumulative-link family: P(Y ≤ k) = F(τ_k − η) for ordered categories 1 … J. The auxiliary values of a row are the thresholds below and above
 * its category, −∞ and ∞ at the ends. Links by the names
 * under which ordinal::clmm (2022.11-16) fits them: cloglog is F(x) = exp(−e^−x) and loglog F(x) = 1 − exp(−e^x), the other way round than in
 * ordinal::clm and its manual (checked by maximising both likelihoods).
 */
import erfcx from '@stdlib/math-base-special-erfcx';
import { probabilityLink } from './binomial.js';
import { cumulativeLogitModeSums, evaluateCumulativeLogit } from './cumulative-logit.js';
import type { Family } from './family.js';
import { type Row, evaluateRows } from './row.js';

/** A distribution with log F, log(1 − F) and the logarithm of its density f, f'/f and f''/f, all without underflow. */
interface Latent {
  readonly logF: (x: number) => number;
  readonly logRest: (x: number) => number;
  readonly logDensity: (x: number) => number;
  readonly slope: (x: number) => number;
  readonly bend: (x: number) => number;
  /** x at which F is p. */
  readonly quantile: (p: number) => number;
}

const logOnePlusExp = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
/** log(1 − e^x) for x < 0. */
const logOneMinusExp = (x: number): number => (x > -Math.LN2 ? Math.log(-Math.expm1(x)) : Math.log1p(-Math.exp(x)));
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);
const logNormal = (x: number): number => (x < 0 ? -0.5 * x * x + Math.log(0.5 * erfcx(-x * Math.SQRT1_2)) : Math.log1p(-0.5 * Math.exp(-0.5 * x * x) * erfcx(x * Math.SQRT1_2)));
const logCauchy = (x: number): number => Math.log((x < -1 ? Math.atan(-1 / x) : Math.PI / 2 + Math.atan(x)) / Math.PI);

/** Density e^{x − e^x} of the smallest extreme, whose mirror image the largest is. */
const smallestExtreme: Latent = {
  logF: (x) => logOneMinusExp(-Math.exp(x)),
  logRest: (x) => -Math.exp(x),
  logDensity: (x) => x - Math.exp(x),
  slope: (x) => 1 - Math.exp(x),
  bend: (x) => {
    const e = Math.exp(x);
    return 1 - 3 * e + e * e;
  },
  quantile: (p) => Math.log(-Math.log1p(-p)),
};

const LATENT = {
  logit: {
    logF: (x) => -logOnePlusExp(-x),
    logRest: (x) => -logOnePlusExp(x),
    logDensity: (x) => -logOnePlusExp(x) - logOnePlusExp(-x),
    slope: (x) => -Math.tanh(x / 2),
    bend: (x) => 1 - 1.5 / Math.cosh(x / 2) ** 2,
    quantile: (p) => Math.log(p / (1 - p)),
  },
  probit: {
    logF: logNormal, logRest: (x) => logNormal(-x), logDensity: (x) => -0.5 * x * x - HALF_LOG_2PI, slope: (x) => -x, bend: (x) => x * x - 1,
    quantile: probabilityLink('probit').linkOf,
  },
  loglog: smallestExtreme,
  cloglog: {
    logF: (x) => smallestExtreme.logRest(-x), logRest: (x) => smallestExtreme.logF(-x), logDensity: (x) => smallestExtreme.logDensity(-x),
    slope: (x) => -smallestExtreme.slope(-x), bend: (x) => smallestExtreme.bend(-x), quantile: (p) => -smallestExtreme.quantile(1 - p),
  },
  cauchit: {
    logF: logCauchy, logRest: (x) => logCauchy(-x), logDensity: (x) => -Math.log(Math.PI * (1 + x * x)),
    slope: (x) => (-2 * x) / (1 + x * x), bend: (x) => (6 * x * x - 2) / ((1 + x * x) * (1 + x * x)),
    quantile: (p) => Math.tan(Math.PI * (p - 0.5)),
  },
} as const satisfies Record<string, Latent>;
export type CumulativeLink = keyof typeof LATENT;
export const CUMULATIVE_LINKS = Object.keys(LATENT) as CumulativeLink[];

/** log(F(u) − F(l)) from the tail in which both are small. */
function logBetween({ logF, logRest }: Latent, lower: number, upper: number): number {
  if (lower > 0) return logRest(lower) + logOneMinusExp(logRest(upper) - logRest(lower));
  return logF(upper) + (lower === -Infinity ? 0 : logOneMinusExp(logF(lower) - logF(upper)));
}

/**
 * With N = F(u) − F(l) and densities A = f(u), B = f(l): r_k = (A^(k−1) − B^(k−1))/N, everything as ratios to N. η moves both limits down.
 */
function rowOf(latent: Latent): Row {
  return (eta, _y, _m, below, above, out) => {
    const lower = below - eta;
    const upper = above - eta;
    if (!(upper > lower)) return false;
    const logN = logBetween(latent, lower, upper);
    const ratio = (x: number): number => (Math.abs(x) === Infinity ? 0 : Math.exp(latent.logDensity(x) - logN));
    const a = ratio(upper);
    const b = ratio(lower);
    // Infinite limits have no density and no derivatives of it.
    const a1 = a === 0 ? 0 : a * latent.slope(upper);
    const b1 = b === 0 ? 0 : b * latent.slope(lower);
    const a2 = a === 0 ? 0 : a * latent.bend(upper);
    const b2 = b === 0 ? 0 : b * latent.bend(lower);
    const r1 = a - b;
    const r2 = a1 - b1;
    const r3 = a2 - b2;
    out.value = logN;
    out.d1 = -r1;
    out.w = r1 * r1 - r2;
    out.dw = r3 - 3 * r1 * r2 + 2 * r1 * r1 * r1;
    out.we = Math.max(out.w, r1 * r1);
    out.dwe = 0;
    const end = (aux: (typeof out.aux)[number], sign: number, f: number, f1: number, f2: number): void => {
      aux.value = sign * f;
      aux.score = -sign * (f1 - f * r1);
      aux.w = -sign * (f2 - 2 * f1 * r1 + f * (2 * r1 * r1 - r2));
      aux.we = 0;
    };
    end(out.aux[0]!, -1, b, b1, b2);
    end(out.aux[1]!, 1, a, a1, a2);
    return logN > -Infinity;
  };
}

/** Probability of category k (1 … J) at η with all J − 1 thresholds. */
export function categoryProbability(link: CumulativeLink, eta: number, thresholds: ArrayLike<number>, k: number): number {
  const lower = k === 1 ? -Infinity : thresholds[k - 2]! - eta;
  const upper = k === thresholds.length + 1 ? Infinity : thresholds[k - 1]! - eta;
  return Math.exp(logBetween(LATENT[link], lower, upper));
}

export function cumulative(link: CumulativeLink): Family {
  const latent: Latent = LATENT[link];
  return {
    name: 'cumulative',
    link,
    auxiliary: ['thresholds'],
    hasTrials: false,
    dispersionLimit: 0,
    canonical: false,
    fisherInformation: false,
    ...(link === 'logit' ? { evaluate: evaluateCumulativeLogit, modeSums: cumulativeLogitModeSums } : { evaluate: evaluateRows(rowOf(latent), 2) }),
    constant: () => 0,
    mean: (eta) => Math.exp(latent.logF(eta)),
    linkOf: latent.quantile,
    meanDerivative: (eta) => Math.exp(latent.logDensity(eta)),
    variance: (mu) => mu * (1 - mu),
    // η starts from zero, whatever the category: the thresholds hold the level.
    initialMean: () => Math.exp(latent.logF(0)),
    initialAuxiliary(y, _trials, weights, _mu, categories) {
      const counts = new Float64Array(categories + 1);
      y.forEach((category, i) => { counts[category]! += weights[i]!; });
      const total = counts.reduce((sum, count) => sum + count, 0);
      let below = 0;
      return [Array.from({ length: categories - 1 }, (_, k) => {
        below += counts[k + 1]!;
        return latent.quantile(Math.min(1 - 1e-4, Math.max(1e-4, below / total)));
      })];
    },
    responseMean: () => NaN,
    responseVariance: () => NaN,
    draw(eta, thresholds, _trials, _weight, first) {
      const x = latent.quantile(first) + eta;
      let k = 1;
      while (k <= thresholds.length && x > thresholds[k - 1]!) k++;
      return Number.isNaN(x) ? NaN : k;
    },
    devianceResidualSquared: () => NaN,
    invalid: (y) => (Number.isInteger(y) && y >= 1 ? null : 'categories are numbered from 1 on'),
  };
}
