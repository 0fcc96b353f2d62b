/** Cores of the families of counts. s is log μ, for the beta-binomial logit μ; data constants are left to `Family.constant`. */
import { type Core, type CorePoint, corePoint } from './row.js';
import { type Rising, fillRising, rising } from './rising.js';

export const poissonCore: Core = (s, y, _m, _a, out) => {
  const mu = Math.exp(s);
  out.value = y * s - mu;
  out.s1 = y - mu;
  out.s2 = out.s3 = -mu;
  out.info = out.infoSlope = mu;
};

/** log(1 + x) − x/(1 + x), of second order in x. */
function logExcess(x: number): number {
  return x < 1e-3 ? x * x * (0.5 - x * (2 / 3 - x * (0.75 - 0.8 * x))) : Math.log1p(x) - x / (1 + x);
}

/** a = log θ; the variance is μ + μ²/θ. Everything is a difference from the Poisson distribution, which θ → ∞ is. */
export function nbinom2Core(): Core {
  const sums: Rising = rising();
  return (s, y, _m, a, out) => {
    const mu = Math.exp(s);
    const theta = Math.exp(a);
    const p = mu / (theta + mu);
    const q = theta / (theta + mu);
    const ratio = mu / theta;
    fillRising(y, theta, sums);
    const spread = (y + theta) * p;
    // θ log(1 + μ/θ) tends to μ.
    out.value = sums.log + y * s - (y + theta) * Math.log1p(ratio);
    out.s1 = y * q - theta * p;
    out.s2 = -spread * q;
    out.s3 = -spread * q * (q - p);
    out.info = theta * p;
    out.infoSlope = theta * p * q;
    out.a = y * p - sums.first - theta * logExcess(ratio);
    out.s1a = p * q * (y - mu);
    out.s2a = theta * p * ((y + theta) * (q - p) / (theta + mu) - q);
    out.infoA = theta * p * p;
  };
}

/** a = log α; the variance is μ(1 + α). With r = μ/α: ℓ = y s − y log(1 + α) + Σ log(1 + j/r) − μ log(1 + α)/α. */
export function nbinom1Core(): Core {
  const sums: Rising = rising();
  return (s, y, _m, a, out) => {
    const mu = Math.exp(s);
    const alpha = Math.exp(a);
    const logOne = Math.log1p(alpha);
    const r = mu / alpha;
    const kept = alpha / (1 + alpha);
    // μ log(1 + α)/α tends to μ as α → 0; (α − (1 + α) log(1 + α)) … likewise.
    const mass = mu * (alpha < 1e-8 ? 1 - alpha / 2 : logOne / alpha);
    fillRising(y, r, sums);
    const first = y - sums.first - mass;
    const second = -sums.second;
    const third = 2 * sums.third;
    out.value = y * s - y * logOne + sums.log - mass;
    out.s1 = first;
    out.s2 = first + second;
    out.s3 = first + 3 * second + third;
    out.info = out.infoSlope = mu / (1 + alpha);
    // ∂/∂a at fixed μ: r falls as α grows. r α/(1 + α) = μ/(1 + α).
    const loss = mu / (1 + alpha);
    out.a = sums.first + mass - loss - y * kept;
    out.s1a = -first - second - loss;
    out.s2a = -first - 3 * second - third - loss;
    out.infoA = -mu * kept / (1 + alpha);
  };
}

/** a = log φ, the precision; ρ = 1/φ: ℓ = Σ_{j<y} log(μ + jρ) + Σ_{j<m−y} log(1 − μ + jρ) − Σ_{j<m} log(1 + jρ), binomial for ρ → 0. */
export const betabinomialCore: Core = (s, y, m, a, out) => {
  const e = Math.exp(-Math.abs(s));
  const small = e / (1 + e);
  const mu = s < 0 ? small : 1 - small;
  const rest = s < 0 ? 1 - small : small;
  const v = mu * rest;
  const skew = rest - mu;
  const rho = Math.exp(-a);
  let value = 0;
  let d1 = 0;
  let d2 = 0;
  let d3 = 0;
  let dRho = 0;
  let d1Rho = 0;
  let d2Rho = 0;
  for (let j = 0; j < y; j++) {
    const x = 1 / (mu + j * rho);
    value -= Math.log(x);
    d1 += x;
    d2 -= x * x;
    d3 += 2 * x * x * x;
    dRho += j * x;
    d1Rho -= j * x * x;
    d2Rho += 2 * j * x * x * x;
  }
  for (let j = 0; j < m - y; j++) {
    const x = 1 / (rest + j * rho);
    value -= Math.log(x);
    d1 -= x;
    d2 -= x * x;
    d3 -= 2 * x * x * x;
    dRho += j * x;
    d1Rho += j * x * x;
    d2Rho += 2 * j * x * x * x;
  }
  for (let j = 0; j < m; j++) {
    const x = 1 / (1 + j * rho);
    value += Math.log(x);
    dRho -= j * x;
  }
  out.value = value;
  out.s1 = v * d1;
  out.s2 = v * (skew * d1 + v * d2);
  out.s3 = v * ((1 - 6 * v) * d1 + 3 * v * skew * d2 + v * v * d3);
  // By the variance: no closed form of the expected information.
  const inflation = 1 + ((m - 1) * rho) / (1 + rho);
  out.info = (m * v) / inflation;
  out.infoSlope = out.info * skew;
  out.a = -rho * dRho;
  out.s1a = -rho * v * d1Rho;
  out.s2a = -rho * v * (skew * d1Rho + v * d2Rho);
  out.infoA = 0;
};

/** The distribution without its zeros: ℓ − log(1 − f(0)). */
export function truncated(core: Core): Core {
  const zero: CorePoint = corePoint();
  return (s, y, m, a, out) => {
    core(s, y, m, a, out);
    core(s, 0, m, a, zero);
    // With x = log f(0) < 0: g = −log(1 − e^x), g' = h, g'' = h(1 + h), g''' = h(1 + h)(1 + 2h).
    const h = 1 / Math.expm1(-zero.value);
    const h2 = h * (1 + h);
    const h3 = h2 * (1 + 2 * h);
    const { s1, s2, s3, a: za, s1a, s2a } = zero;
    out.value -= Math.log(-Math.expm1(zero.value));
    out.s1 += h * s1;
    out.s2 += h * s2 + h2 * s1 * s1;
    out.s3 += h * s3 + 3 * h2 * s1 * s2 + h3 * s1 * s1 * s1;
    out.a += h * za;
    out.s1a += h * s1a + h2 * s1 * za;
    out.s2a += h * s2a + h2 * (s2 * za + 2 * s1 * s1a) + h3 * s1 * s1 * za;
    // The information of the whole distribution stands in.
  };
}
