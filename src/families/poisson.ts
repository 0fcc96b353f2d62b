/** Poisson family with prior weight v: ℓ(η) = v [y log μ − μ]. */
import { exp } from '../numerics/exp.js';
import { logFactorial } from '../numerics/log-factorial.js';
import { countRule } from './allowed.js';
import { type Family, ONE_PARAMETER, PART } from './family.js';
import { poissonVariate } from '../random/variates.js';

type Link = Pick<Family, 'evaluate' | 'modeSums' | 'mean' | 'linkOf' | 'meanDerivative'>;

const log: Link = {
  evaluate(eta, y, _trials, weights, base, count, parts, out) {
    const { d1, w, dw } = out;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const v = weights[base + i]!;
      const observed = y[base + i]!;
      const mu = exp(eta[i]!);
      d1[i] = v * (observed - mu);
      w[i] = dw[i] = v * mu;
      if (parts & PART.value) total += v * (observed * eta[i]! - mu);
    }
    return total;
  },
  modeSums(eta0, loading, u, y, _trials, weights, base, count, sums) {
    let slope = 0;
    let curvature = 0;
    let third = 0;
    for (let i = 0; i < count; i++) {
      const l = loading[i]!;
      const lv = l * weights[base + i]!;
      const mu = exp(eta0[base + i]! + l * u);
      slope += lv * (y[base + i]! - mu);
      const w = lv * l * mu;
      curvature += w;
      third += w * l;
    }
    sums[0] = slope;
    sums[1] = curvature;
    sums[2] = third;
  },
  mean: (eta) => Math.exp(eta),
  linkOf: (mu) => Math.log(mu),
  meanDerivative: (eta) => Math.exp(eta),
};

/** μ = η > 0. */
const identity: Link = {
  evaluate(eta, y, _trials, weights, base, count, _parts, out) {
    const { d1, w, dw, we, dwe } = out;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const x = eta[i]!;
      if (!(x > 0)) return NaN;
      const v = weights[base + i]!;
      const observed = y[base + i]!;
      total += v * (observed > 0 ? observed * Math.log(x) - x : -x);
      d1[i] = v * (observed / x - 1);
      w[i] = (v * observed) / (x * x);
      dw[i] = (-2 * v * observed) / (x * x * x);
      we[i] = v / x;
      dwe[i] = -v / (x * x);
    }
    return total;
  },
  mean: (eta) => eta,
  linkOf: (mu) => mu,
  meanDerivative: () => 1,
};

/** √μ = η > 0; the expected weight is the constant 4v. */
const sqrt: Link = {
  evaluate(eta, y, _trials, weights, base, count, _parts, out) {
    const { d1, w, dw, we, dwe } = out;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const x = eta[i]!;
      if (!(x > 0)) return NaN;
      const v = weights[base + i]!;
      const observed = y[base + i]!;
      total += v * ((observed > 0 ? 2 * observed * Math.log(x) : 0) - x * x);
      d1[i] = 2 * v * (observed / x - x);
      w[i] = 2 * v * (observed / (x * x) + 1);
      dw[i] = (-4 * v * observed) / (x * x * x);
      we[i] = 4 * v;
      dwe[i] = 0;
    }
    return total;
  },
  mean: (eta) => eta * eta,
  linkOf: (mu) => Math.sqrt(mu),
  meanDerivative: (eta) => 2 * eta,
};

const LINKS = { log, identity, sqrt } as const;
export type PoissonLink = keyof typeof LINKS;
export const POISSON_LINKS = Object.keys(LINKS) as PoissonLink[];

export function poisson(link: PoissonLink): Family {
  return {
    ...ONE_PARAMETER,
    name: 'poisson',
    link,
    canonical: link === 'log',
    ...LINKS[link],
    constant: (y, _trials, weight) => -weight * logFactorial(y),
    variance: (mu) => mu,
    responseMean: LINKS[link].mean,
    responseVariance: (eta) => LINKS[link].mean(eta),
    draw: (eta, _auxiliary, _trials, _weight, first, further) => poissonVariate(LINKS[link].mean(eta), first, further),
    initialMean: (y) => y + 0.1,
    devianceResidualSquared: (y, mu, _trials, weight) => 2 * weight * ((y > 0 ? y * Math.log(y / mu) : 0) - (y - mu)),
    invalid: countRule,
  };
}
