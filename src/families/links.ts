/** Links as functions of the scale a family's core is written in. */
import type { LinkName } from '../model/design.js';
import { binomialLinkPoint } from './binomial.js';
import type { ScaleLink } from './row.js';

/** A link with its inverse. */
export interface MeanLink {
  readonly mean: (eta: number) => number;
  readonly linkOf: (mu: number) => number;
  /** dμ/dη. */
  readonly meanDerivative: (eta: number) => number;
}

export const MEAN_LINKS: Readonly<Record<'log' | 'identity' | 'inverse' | 'sqrt' | '1/mu^2', MeanLink>> = {
  log: { mean: Math.exp, linkOf: Math.log, meanDerivative: Math.exp },
  identity: { mean: (eta) => eta, linkOf: (mu) => mu, meanDerivative: () => 1 },
  inverse: { mean: (eta) => 1 / eta, linkOf: (mu) => 1 / mu, meanDerivative: (eta) => -1 / (eta * eta) },
  sqrt: { mean: (eta) => eta * eta, linkOf: Math.sqrt, meanDerivative: (eta) => 2 * eta },
  '1/mu^2': { mean: (eta) => 1 / Math.sqrt(eta), linkOf: (mu) => 1 / (mu * mu), meanDerivative: (eta) => -0.5 / (eta * Math.sqrt(eta)) },
};
export type MeanLinkName = keyof typeof MEAN_LINKS;

/** Largest log μ: beyond it the mean overflows. */
const LARGEST_LOG = 700;

/** s = log μ. All links but the logarithm make it a multiple of log η, for η > 0. */
const POWERS: Readonly<Record<Exclude<MeanLinkName, 'log'>, number>> = { identity: 1, inverse: -1, sqrt: 2, '1/mu^2': -0.5 };

export function logMeanLink(link: MeanLinkName): ScaleLink {
  if (link === 'log') {
    return {
      at(eta, out) {
        out.s = eta;
        out.s1 = 1;
        out.s2 = 0;
        out.s3 = 0;
        return eta < LARGEST_LOG;
      },
    };
  }
  const power = POWERS[link];
  return {
    at(eta, out) {
      if (!(eta > 0)) return false;
      const slope = power / eta;
      out.s = power * Math.log(eta);
      out.s1 = slope;
      out.s2 = -slope / eta;
      out.s3 = (2 * slope) / (eta * eta);
      return true;
    },
  };
}

/** s = μ, for families of the whole line. */
export function meanLink(link: 'identity' | 'log' | 'inverse'): ScaleLink {
  switch (link) {
    case 'identity':
      return {
        at(eta, out) {
          out.s = eta;
          out.s1 = 1;
          out.s2 = 0;
          out.s3 = 0;
          return true;
        },
      };
    case 'log':
      return {
        at(eta, out) {
          out.s = out.s1 = out.s2 = out.s3 = Math.exp(eta);
          return eta < LARGEST_LOG;
        },
      };
    default:
      return {
        at(eta, out) {
          const mu = 1 / eta;
          out.s = mu;
          out.s1 = -mu * mu;
          out.s2 = 2 * mu * mu * mu;
          out.s3 = -6 * mu * mu * mu * mu;
          return eta !== 0;
        },
      };
  }
}

/** s = logit μ, from log μ and log(1 − μ) of the binomial links. */
export function logitMeanLink(link: LinkName): ScaleLink {
  if (link === 'logit') return meanLink('identity');
  const point = new Float64Array(8);
  const at = binomialLinkPoint(link);
  return {
    at(eta, out) {
      if (!at(eta, point)) return false;
      out.s = point[0]! - point[4]!;
      out.s1 = point[1]! - point[5]!;
      out.s2 = -(point[2]! - point[6]!);
      out.s3 = -(point[3]! - point[7]!);
      return true;
    },
  };
}
