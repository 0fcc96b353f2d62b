/**
 * An excess of zeros beside a family: with probability π a response is zero, else it comes from the base. Where the base has no mass at
 * zero (truncated counts, Gamma) this is a hurdle model. The auxiliary value of the wrapper is z = logit π, after the base's own.
 */
import { type Family, auxiliaryCount } from './family.js';
import { type Row, evaluateRows, rowPoint } from './row.js';

/** What the wrapper needs of a family beyond its public side. */
export interface RowFamily extends Family {
  readonly row: Row;
  readonly weightShift: -1 | 0 | 1;
  /** Whether the distribution gives zero a probability. */
  readonly massAtZero: boolean;
  /** log f(0) at η and a0; only with mass at zero. */
  readonly logZero: ((eta: number, m: number, a0: number) => number) | null;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** log(1 + e^x). */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export function zeroInflated(base: RowFamily): Family {
  const own = auxiliaryCount(base);
  const row = wrapRow(base.row, own, base.massAtZero);
  const piOf = (auxiliary: ArrayLike<number>): number => sigmoid(auxiliary[own]!);
  return {
    ...base,
    canonical: false,
    fisherInformation: false,
    auxiliary: [...base.auxiliary, 'zi'],
    evaluate: evaluateRows(row, own + 1, base.weightShift),
    constant: (y, trials, weight) => (y === 0 && !base.massAtZero ? 0 : base.constant(y, trials, weight)),
    initialMean: (y, trials) => (y === 0 && !base.massAtZero ? NaN : base.initialMean(y, trials)),
    initialAuxiliary(y, trials, weights, mu, categories) {
      const started = base.initialAuxiliary(y, trials, weights, mu, categories);
      let zeros = 0;
      let expected = 0;
      y.forEach((value, i) => {
        if (value === 0) zeros++;
        if (base.logZero !== null) expected += Math.exp(base.logZero(base.linkOf(mu[i]!), trials[i]!, started[0]?.[0] ?? 0));
      });
      const share = Math.min(0.9, Math.max(0.05, (zeros - (base.massAtZero ? expected : 0)) / y.length));
      return [...started, [Math.log(share / (1 - share))]];
    },
    responseMean: (eta, auxiliary) => (1 - piOf(auxiliary)) * base.responseMean(eta, auxiliary),
    responseVariance(eta, auxiliary, trials) {
      const pi = piOf(auxiliary);
      const mean = base.responseMean(eta, auxiliary);
      return (1 - pi) * (base.responseVariance(eta, auxiliary, trials) + pi * mean * mean);
    },
    devianceResidualSquared: () => NaN,
    draw(eta, auxiliary, trials, weight, first, further) {
      const pi = piOf(auxiliary);
      return first < pi ? 0 : base.draw(eta, auxiliary, trials, weight, (first - pi) / (1 - pi), further);
    },
    invalid: (y, trials) => (y === 0 ? null : base.invalid(y, trials)),
  };
}

/**
 * Zeros of the mixture: L = log(e^z + f(0)) − log(1 + e^z). With q the probability that a zero comes from the base, q' = q(1 − q) and
 * q'' = q'(1 − 2q) by log f(0), the chain rule gives every derivative from the base's own.
 */
function wrapRow(base: Row, own: number, massAtZero: boolean): Row {
  const p = rowPoint(own);
  return (eta, y, m, a0, a1, out) => {
    const z = own === 0 ? a0 : a1;
    const pi = sigmoid(z);
    const rest = sigmoid(-z);
    const excess = out.aux[own]!;
    // What is left where a zero cannot come from both parts.
    const second = out.excess;
    second.w = second.we = pi * rest;
    second.dw = pi * rest * (1 - 2 * pi);
    second.cross = second.crossSlope = 0;
    for (const aux of second.aux) aux.score = aux.w = aux.cross = 0;
    if (y === 0 && !massAtZero) {
      out.value = -softplus(-z);
      out.d1 = out.w = out.dw = out.we = out.dwe = 0;
      for (const aux of out.aux) aux.value = aux.score = aux.w = aux.we = 0;
      excess.value = rest;
      return true;
    }
    if (!base(eta, y, m, a0, 0, p)) return false;
    if (y !== 0) {
      out.value = p.value - softplus(z);
      out.d1 = p.d1;
      out.w = p.w;
      out.dw = p.dw;
      out.we = rest * p.we;
      out.dwe = rest * p.dwe;
      for (let k = 0; k < own; k++) Object.assign(out.aux[k]!, p.aux[k]);
      excess.value = -pi;
      excess.score = excess.w = excess.we = 0;
      return true;
    }
    const q = sigmoid(p.value - z);
    const q2 = q * sigmoid(z - p.value);
    const q3 = q2 * (1 - 2 * q);
    const { d1, w, dw } = p;
    // log(e^z + f(0)) = z + log(1 + f(0)/e^z)
    out.value = softplus(p.value - z) - softplus(-z);
    out.d1 = q * d1;
    out.w = q * w - q2 * d1 * d1;
    out.dw = q * dw + 3 * q2 * d1 * w - q3 * d1 * d1 * d1;
    out.we = rest * p.we;
    out.dwe = rest * p.dwe;
    for (let k = 0; k < own; k++) {
      const { value, score, w: wa, we } = p.aux[k]!;
      const aux = out.aux[k]!;
      aux.value = q * value;
      aux.score = q * score + q2 * d1 * value;
      aux.w = q * wa + q2 * (w * value - 2 * d1 * score) - q3 * d1 * d1 * value;
      aux.we = rest * we;
      const mixed = second.aux[k]!;
      mixed.score = -q2 * value;
      mixed.w = -q3 * value;
      mixed.cross = q3 * value * d1 + q2 * score;
    }
    excess.value = 1 - q - pi;
    excess.score = -q2 * d1;
    excess.w = q3 * d1 * d1 - q2 * w;
    excess.we = 0;
    second.w -= q2;
    second.dw += q3;
    second.cross = q2 * d1;
    second.crossSlope = -q3 * d1;
    return true;
  };
}
