/**
 * Binomial family: y successes in m trials with prior weight v, ℓ(η) = v [y log μ + (m − y) log(1 − μ)].
 * Each link supplies log μ and log(1 − μ) with their η-derivatives in forms that hold in both tails.
 */
import erfcx from '@stdlib/math-base-special-erfcx';
import { exp } from '../numerics/exp.js';
import { logFactorial } from '../numerics/log-factorial.js';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { successRule } from './allowed.js';
import { type Derivatives, type Family, ONE_PARAMETER, PART } from './family.js';
import { binomialVariate } from '../random/variates.js';
import type { LinkName } from '../model/design.js';

type Evaluate = Family['evaluate'];

interface Link {
  readonly name: LinkName;
  readonly evaluate: Evaluate;
  readonly modeSums?: Family['modeSums'];
  readonly mean: (eta: number) => number;
  readonly linkOf: (mu: number) => number;
  readonly meanDerivative: (eta: number) => number;
  /** A, A', −A'', −A''', B, B', −B'', −B''' at η; false outside the domain. */
  readonly at?: (eta: number, point: Point) => boolean;
}

/** e^450 times the running product of the rows before stays finite, and beyond it no probability changes. */
const LARGEST = 450;

/** With e = e^−η: μ = 1/(1 + e), 1 − μ = eμ, both to full relative accuracy and without a branch on the sign of η. */
const logit: Link = {
  name: 'logit',
  evaluate(eta, y, trials, weights, base, count, parts, out) {
    const { d1, w, dw } = out;
    const wanted = (parts & PART.value) !== 0;
    let total = 0;
    let product = 1;
    for (let i = 0; i < count; i++) {
      const x = eta[i]!;
      const successes = y[base + i]!;
      const m = trials[base + i]!;
      const v = weights[base + i]!;
      const e = exp(Math.min(-x, LARGEST));
      const mu = 1 / (1 + e);
      const rest = e * mu;
      const failures = m - successes;
      // y(1 − μ) − (m − y)μ instead of y − mμ: no cancellation where the fit is nearly perfect.
      d1[i] = v * (successes * rest - failures * mu);
      const weight = v * m * mu * rest;
      w[i] = weight;
      dw[i] = weight * (rest - mu);
      // log μ = −log(1 + e), log(1 − μ) = −η − log(1 + e): a sum needs absolute accuracy only.
      if (wanted) {
        total -= v * failures * x;
        const size = v * m;
        if (size === 1) {
          // The usual binary row: multiply now, one logarithm for many rows.
          product *= 1 + e;
          if (product > 1e100) {
            total -= Math.log(product);
            product = 1;
          }
        } else {
          total -= size * Math.log(1 + e);
        }
      }
    }
    return total - Math.log(product);
  },
  modeSums(eta0, loading, u, y, trials, weights, base, count, sums) {
    let slope = 0;
    let curvature = 0;
    let third = 0;
    for (let i = 0; i < count; i++) {
      const l = loading[i]!;
      const m = trials[base + i]!;
      const e = exp(Math.min(-(eta0[base + i]! + l * u), LARGEST));
      const mu = 1 / (1 + e);
      const lv = l * weights[base + i]!;
      slope += lv * (y[base + i]! - m * mu);
      const w = lv * l * m * e * mu * mu;
      curvature += w;
      third += w * l * (1 - 2 * mu);
    }
    sums[0] = slope;
    sums[1] = curvature;
    sums[2] = third;
  },
  mean: (eta) => (eta >= 0 ? 1 / (1 + Math.exp(-eta)) : Math.exp(eta) / (1 + Math.exp(eta))),
  linkOf: (mu) => Math.log(mu / (1 - mu)),
  meanDerivative: (eta) => {
    const e = Math.exp(-Math.abs(eta));
    return e / ((1 + e) * (1 + e));
  },
};

/**
 * A link described by A(η) = log μ and B(η) = log(1 − μ): fills `point` with A, A', −A'', −A''' and the same of B, and returns false
 * where η is outside the domain. Expected weight per trial: A'·(−B').
 */
type Point = Float64Array;
const [A0, A1, A2, A3, B0, B1, B2, B3] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

function generic(name: LinkName, at: (eta: number, point: Point) => boolean, rest: Omit<Link, 'name' | 'evaluate' | 'at'>): Link {
  const point = new Float64Array(8);
  return {
    name,
    evaluate(eta, y, trials, weights, base, count, _parts, out: Derivatives) {
      const { d1, w, dw, we, dwe } = out;
      let total = 0;
      for (let i = 0; i < count; i++) {
        if (!at(eta[i]!, point)) return NaN;
        const m = weights[base + i]! * trials[base + i]!;
        const successes = weights[base + i]! * y[base + i]!;
        const failures = m - successes;
        // A term with zero count is left out, not multiplied: its logarithm may be −Infinity.
        let l = 0, s = 0, c = 0, dc = 0;
        if (successes > 0) {
          l = successes * point[A0]!;
          s = successes * point[A1]!;
          c = successes * point[A2]!;
          dc = successes * point[A3]!;
        }
        if (failures > 0) {
          l += failures * point[B0]!;
          s += failures * point[B1]!;
          c += failures * point[B2]!;
          dc += failures * point[B3]!;
        }
        total += l;
        d1[i] = s;
        w[i] = c;
        dw[i] = dc;
        we[i] = -m * point[A1]! * point[B1]!;
        dwe[i] = m * (point[A2]! * point[B1]! + point[A1]! * point[B2]!);
      }
      return total;
    },
    at,
    ...rest,
  };
}

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);

/**
 * Probit through the hazard λ(x) = φ(x)/Φ(x): (log Φ)' = λ, −(log Φ)'' = λ(x + λ) =: g, g' = λ[1 − (x + λ)(x + 2λ)].
 * erfcx keeps λ exact in the lower tail; beyond 30 standard deviations x + λ is a difference of near-equal numbers and its
 * asymptotic series (1/t − 2/t³ + 10/t⁵, g = 1 − 1/t² + 6/t⁴) takes over.
 */
const probit = generic(
  'probit',
  (eta, point) => {
    const t = Math.abs(eta);
    const scaled = erfcx(t * Math.SQRT1_2);
    const density = Math.exp(-0.5 * t * t);
    const tail = 0.5 * density * scaled;
    const far = SQRT_2_OVER_PI / scaled;
    const near = (0.5 * SQRT_2_OVER_PI * density) / (1 - tail);
    const farCurvature = t > 30 ? 1 - 1 / (t * t) + 6 / (t * t * t * t) : far * (far - t);
    const farThird = t > 30 ? (-2 + 24 / (t * t)) / (t * t * t) : far * (1 - (far - t) * (2 * far - t));
    const logFar = -0.5 * t * t + Math.log(0.5 * scaled);
    const logNear = Math.log1p(-tail);
    const nearCurvature = near * (near + t);
    const nearThird = near * (1 - (near + t) * (2 * near + t));
    if (eta < 0) {
      fill(point, logFar, far, farCurvature, farThird, logNear, -near, nearCurvature, -nearThird);
    } else {
      fill(point, logNear, near, nearCurvature, nearThird, logFar, -far, farCurvature, -farThird);
    }
    return true;
  },
  {
    mean: (eta) => {
      const tail = 0.5 * Math.exp(-0.5 * eta * eta) * erfcx(Math.abs(eta) * Math.SQRT1_2);
      return eta < 0 ? tail : 1 - tail;
    },
    linkOf: (mu) => normalQuantile(mu, 0, 1),
    meanDerivative: (eta) => 0.5 * SQRT_2_OVER_PI * Math.exp(-0.5 * eta * eta),
  },
);

function fill(point: Point, a0: number, a1: number, a2: number, a3: number, b0: number, b1: number, b2: number, b3: number): void {
  point[A0] = a0;
  point[A1] = a1;
  point[A2] = a2;
  point[A3] = a3;
  point[B0] = b0;
  point[B1] = b1;
  point[B2] = b2;
  point[B3] = b3;
}

/**
 * Complementary log-log with E = e^η: B = −E; A' = r = E/(e^E − 1), and with q = 1 − E − r: r' = r q, r'' = r (q² − E − r q).
 * q vanishes like −E/2 as E → 0, where its series (Bernoulli numbers) replaces the difference.
 */
const cloglog = generic(
  'cloglog',
  (eta, point) => {
    const e = Math.exp(eta);
    if (!Number.isFinite(e)) return false;
    const r = e === 0 ? 1 : e / Math.expm1(e);
    const e2 = e * e;
    const q = e < 0.1 ? -e / 2 - e2 * (1 / 12 - e2 * (1 / 720 - e2 * (1 / 30240 - e2 / 1209600))) : 1 - e - r;
    // log(1 − e^−E), from η itself where E underflows.
    const logMean = e < 1e-8 ? eta - e / 2 : Math.log(-Math.expm1(-e));
    fill(point, logMean, r, -r * q, -r * (q * q - e - r * q), -e, -e, e, e);
    return true;
  },
  {
    mean: (eta) => -Math.expm1(-Math.exp(eta)),
    linkOf: (mu) => Math.log(-Math.log1p(-mu)),
    meanDerivative: (eta) => Math.exp(eta - Math.exp(eta)),
  },
);

/** μ of the Cauchy distribution for η ≤ 0 without cancellation: atan(−1/η)/π. */
const lowerCauchy = (eta: number): number => (eta < -1 ? Math.atan(-1 / eta) : Math.PI / 2 + Math.atan(eta)) / Math.PI;

/** Cauchit with density f: a = f/μ; A'' = f'/μ − a², A''' = f''/μ − 3 a f'/μ + 2a³; B by symmetry. Not log-concave in the tails. */
const cauchit = generic(
  'cauchit',
  (eta, point) => {
    const s = 1 + eta * eta;
    const density = 1 / (Math.PI * s);
    const slope = (-2 * eta * density) / s;
    const bend = (density * (6 * eta * eta - 2)) / (s * s);
    const mu = eta <= 0 ? lowerCauchy(eta) : 1 - lowerCauchy(-eta);
    const rest = eta <= 0 ? 1 - lowerCauchy(eta) : lowerCauchy(-eta);
    const a = density / mu;
    const b = density / rest;
    const a2 = a * a - slope / mu;
    const a3 = -(bend / mu - (3 * a * slope) / mu + 2 * a * a * a);
    const b2 = b * b + slope / rest;
    const b3 = bend / rest + (3 * b * slope) / rest + 2 * b * b * b;
    fill(point, Math.log(mu), a, a2, a3, Math.log(rest), -b, b2, b3);
    return true;
  },
  {
    mean: (eta) => (eta <= 0 ? lowerCauchy(eta) : 1 - lowerCauchy(-eta)),
    linkOf: (mu) => Math.tan(Math.PI * (mu - 0.5)),
    meanDerivative: (eta) => 1 / (Math.PI * (1 + eta * eta)),
  },
);

/** Log link (relative risk), η < 0: B = log(1 − e^η), with c = μ/(1 − μ): B' = −c, c' = c(1 + c). */
const log = generic(
  'log',
  (eta, point) => {
    if (!(eta < 0)) return false;
    const mu = Math.exp(eta);
    const c = mu / -Math.expm1(eta);
    const logRest = eta > -Math.LN2 ? Math.log(-Math.expm1(eta)) : Math.log1p(-mu);
    fill(point, eta, 1, 0, 0, logRest, -c, c * (1 + c), c * (1 + c) * (1 + 2 * c));
    return true;
  },
  { mean: (eta) => Math.exp(eta), linkOf: (mu) => Math.log(mu), meanDerivative: (eta) => Math.exp(eta) },
);

const LINKS = { logit, probit, cloglog, cauchit, log } as const;
export type BinomialLink = keyof typeof LINKS;
export const BINOMIAL_LINKS = Object.keys(LINKS) as BinomialLink[];

/** log μ and log(1 − μ) of a link other than the logit with their derivatives, for families whose mean is a probability. */
export function binomialLinkPoint(link: LinkName): NonNullable<Link['at']> {
  return LINKS[link as Exclude<BinomialLink, 'logit'>].at!;
}

/** A binomial link alone. */
export function probabilityLink(link: BinomialLink): Pick<Link, 'mean' | 'linkOf' | 'meanDerivative'> {
  const { mean, linkOf, meanDerivative } = LINKS[link];
  return { mean, linkOf, meanDerivative };
}

export function binomial(link: BinomialLink): Family {
  const { evaluate, modeSums, mean, linkOf, meanDerivative }: Link = LINKS[link];
  return {
    ...ONE_PARAMETER,
    hasTrials: true,
    name: 'binomial',
    link,
    canonical: link === 'logit',
    evaluate,
    ...(modeSums === undefined ? {} : { modeSums }),
    mean,
    linkOf,
    meanDerivative,
    constant: (y, trials, weight) => weight * (logFactorial(trials) - logFactorial(y) - logFactorial(trials - y)),
    variance: (mu) => mu * (1 - mu),
    responseMean: mean,
    responseVariance: (eta, _auxiliary, trials) => (mean(eta) * (1 - mean(eta))) / trials,
    draw: (eta, _auxiliary, trials, _weight, first, further) => binomialVariate(trials, mean(eta), first, further),
    initialMean: (y, trials) => (y + 0.5) / (trials + 1),
    devianceResidualSquared: (y, mu, trials, weight) =>
      2 * weight * (ratioTerm(y, trials * mu) + ratioTerm(trials - y, trials * (1 - mu))),
    invalid: successRule,
  };
}

/** y log(y / expected), 0 at y = 0. */
function ratioTerm(y: number, expected: number): number {
  return y > 0 ? y * Math.log(y / expected) : 0;
}
