/** Gaussian family with prior weight v at unit residual variance: ℓ(η) = −½ v (y − η)². Models are fitted in `src/lmm/`, σ included. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { type Family, ONE_PARAMETER, PART } from './family.js';

export const GAUSSIAN_LINKS = ['identity'] as const;

export function gaussian(): Family {
  return {
    ...ONE_PARAMETER,
    name: 'gaussian',
    link: 'identity',
    canonical: true,
    evaluate(eta, y, _trials, weights, base, count, parts, out) {
      let total = 0;
      for (let i = 0; i < count; i++) {
        const v = weights[base + i]!;
        const rest = y[base + i]! - eta[i]!;
        out.d1[i] = v * rest;
        out.w[i] = v;
        out.dw[i] = 0;
        if (parts & PART.value) total -= 0.5 * v * rest * rest;
      }
      return total;
    },
    constant: (_y, _trials, weight) => (weight > 0 ? 0.5 * Math.log(weight / (2 * Math.PI)) : 0),
    mean: (eta) => eta,
    linkOf: (mu) => mu,
    meanDerivative: () => 1,
    variance: () => 1,
    responseMean: (eta) => eta,
    responseVariance: () => 1,
    draw: (eta, _auxiliary, _trials, _weight, first) => eta + normalQuantile(first, 0, 1),
    initialMean: (y) => y,
    devianceResidualSquared: (y, mu, _trials, weight) => weight * (y - mu) ** 2,
    invalid: () => null,
  };
}
