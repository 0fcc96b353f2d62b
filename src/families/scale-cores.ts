/** Cores of the continuous families. s is log μ for Gamma and inverse Gaussian, μ for gaussian, logit μ for beta. */
import digamma from '@stdlib/math-base-special-digamma';
import gammaln from '@stdlib/math-base-special-gammaln';
import polygamma from '@stdlib/math-base-special-polygamma';
import trigamma from '@stdlib/math-base-special-trigamma';
import { HALF_LOG_2PI, binet, logExcess, logMinusDigamma } from '../numerics/stirling.js';
import type { Core } from './row.js';

/** a = log σ². */
export const gaussianCore: Core = (mu, y, _m, a, out) => {
  const precision = Math.exp(-a);
  const rest = y - mu;
  const square = precision * rest * rest;
  out.value = -HALF_LOG_2PI - 0.5 * (a + square);
  out.s1 = precision * rest;
  out.s2 = -precision;
  out.s3 = 0;
  out.info = precision;
  out.infoSlope = 0;
  out.a = 0.5 * (square - 1);
  out.s1a = -precision * rest;
  out.s2a = precision;
  out.infoA = -precision;
};

/** a = log of the shape α; the variance is μ²/α. */
export const gammaCore: Core = (s, y, _m, a, out) => {
  const shape = Math.exp(a);
  const logY = Math.log(y);
  const logRatio = logY - s;
  const rest = Math.expm1(logRatio);
  const ratio = 1 + rest;
  // y/μ − 1 − log(y/μ), which a large shape multiplies.
  const excess = Math.abs(logRatio) > 0.5 ? rest - logRatio : logExcess(rest);
  out.value = 0.5 * a - shape * excess - HALF_LOG_2PI - binet(shape) - logY;
  out.s1 = shape * rest;
  out.s2 = -shape * ratio;
  out.s3 = shape * ratio;
  out.info = shape;
  out.infoSlope = 0;
  out.a = shape * (logMinusDigamma(shape) - excess);
  out.s1a = out.s1;
  out.s2a = out.s2;
  out.infoA = shape;
};

/** a = log φ; the variance is φμ³. */
export const inverseGaussianCore: Core = (s, y, _m, a, out) => {
  const precision = Math.exp(-a);
  const q = Math.exp(-s);
  const p = y * q * q;
  const rest = y * q - 1;
  // (y − μ)² / (μ² y)
  const square = (precision * rest * rest) / y;
  out.value = -HALF_LOG_2PI - 1.5 * Math.log(y) - 0.5 * (a + square);
  out.s1 = precision * (p - q);
  out.s2 = precision * (q - 2 * p);
  out.s3 = precision * (4 * p - q);
  out.info = precision * q;
  out.infoSlope = -out.info;
  out.a = 0.5 * (square - 1);
  out.s1a = -out.s1;
  out.s2a = -out.s2;
  out.infoA = -out.info;
};

/** a = log of the precision φ; the variance is μ(1 − μ)/(1 + φ). With e = logit y − ψ(μφ) + ψ((1 − μ)φ), ℓ' = φμ(1 − μ)e. */
export const betaCore: Core = (s, y, _m, a, out) => {
  const phi = Math.exp(a);
  const e = Math.exp(-Math.abs(s));
  const small = e / (1 + e);
  const mu = s < 0 ? small : 1 - small;
  const rest = s < 0 ? 1 - small : small;
  const v = mu * rest;
  const skew = rest - mu;
  const p = mu * phi;
  const q = rest * phi;
  const logY = Math.log(y);
  const logRest = Math.log1p(-y);
  const psiP = digamma(p);
  const psiQ = digamma(q);
  const t = trigamma(p) + trigamma(q);
  const g = mu * trigamma(p) - rest * trigamma(q);
  const dt = polygamma(2, p) - polygamma(2, q);
  const tPhi = mu * polygamma(2, p) + rest * polygamma(2, q);
  const error = logY - logRest - psiP + psiQ;
  out.value = gammaln(phi) - gammaln(p) - gammaln(q) + (p - 1) * logY + (q - 1) * logRest;
  out.s1 = phi * v * error;
  out.s2 = phi * v * (skew * error - phi * v * t);
  out.s3 = phi * v * ((1 - 6 * v) * error - 3 * phi * v * skew * t - phi * phi * v * v * dt);
  out.info = phi * phi * v * v * t;
  out.infoSlope = phi * phi * v * v * (2 * skew * t + phi * v * dt);
  out.a = phi * (digamma(phi) - mu * (psiP - logY) - rest * (psiQ - logRest));
  out.s1a = phi * v * (error - phi * g);
  out.s2a = phi * v * (skew * (error - phi * g) - phi * v * (2 * t + phi * tPhi));
  out.infoA = phi * phi * v * v * (2 * t + phi * tPhi);
};
