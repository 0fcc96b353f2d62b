/**
 * The cumulative logit, by far the most used cumulative link, without the logarithms that the others need: for the logistic F the identity
 * (f(u) − f(l)) / (F(u) − F(l)) = 1 − F(u) − F(l) leaves one exponential per limit in the search for modes.
 */
import { exp } from '../numerics/exp.js';
import { type Family, PART } from './family.js';

/** Its exponential is finite, and the inverse of that is below TINY: no product is taken for the number it is not. */
const LARGEST = 690;
/** Gaps of the limits below it lose digits in 1 − e^−gap. */
const SMALL_GAP = 0.1;
/** Smallest product of probabilities whose logarithm is taken as it stands. */
const TINY = 1e-280;

/** log F(x) = −log(1 + e^−x) of the logistic distribution in both tails. */
const logF = (x: number): number => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));

/** With u and l the limits of the row minus η and N = F(u) − F(l) = F(u) (1 − F(l)) (1 − e^{l − u}): ℓ = log N, d1 = F(u) + F(l) − 1, w = f(u) + f(l). */
export const evaluateCumulativeLogit: Family['evaluate'] = (eta, _y, _trials, weights, base, count, parts, out, [below, above]) => {
  const { d1, w, dw, we, dwe } = out;
  const [lower, upper] = out.auxiliary;
  const valueWanted = (parts & PART.value) !== 0;
  const auxiliaryWanted = (parts & PART.auxiliary) !== 0;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const v = weights[base + i]!;
    const l = below![base + i]! - eta[i]!;
    const u = above![base + i]! - eta[i]!;
    // Not u − l, whose difference has lost digits to η.
    const gap = above![base + i]! - below![base + i]!;
    if (!(gap > 0)) return NaN;
    // Each in the form that is exact where its limit is infinite: F(−∞) = 0, 1 − F(∞) = 0.
    const oddsL = exp(Math.min(l, LARGEST));
    const restU = exp(Math.min(-u, LARGEST));
    const Sl = 1 / (1 + oddsL);
    const Fu = 1 / (1 + restU);
    const Fl = oddsL * Sl;
    const Su = restU * Fu;
    const fl = Fl * Sl;
    const fu = Fu * Su;
    // F(u) + F(l) − 1 without cancellation where one of the limits is far away.
    const slope = Fl - Su;
    d1[i] = v * slope;
    w[i] = v * (fu + fl);
    dw[i] = -v * (fu * (Su - Fu) + fl * (Sl - Fl));
    // A stand-in for the expected information that grows where the row is badly predicted.
    we[i] = v * Math.max(fu + fl, slope * slope);
    dwe[i] = 0;
    if (!valueWanted && !auxiliaryWanted) continue;
    const c = gap > SMALL_GAP ? 1 - exp(-gap) : -Math.expm1(-gap);
    if (valueWanted && v !== 0) {
      const N = Fu * Sl * c;
      total += v * (N > TINY ? Math.log(N) : logF(u) + logF(-l) + Math.log(c));
    }
    if (!auxiliaryWanted) continue;
    // f(u)/N = (1 − F(u)) / ((1 − F(l)) (1 − e^−gap)) and f(l)/N likewise; beyond the range of the tails their ratio is e^−gap.
    const a = Sl > TINY ? Su / (Sl * c) : (exp(-gap) * Fu) / (Fl * c);
    const b = Fu > TINY ? Fl / (Fu * c) : (exp(-gap) * Sl) / (Su * c);
    upper!.value[i] = v * a;
    upper!.score[i] = v * fu;
    upper!.w[i] = v * fu * (Su - Fu);
    upper!.we[i] = 0;
    lower!.value[i] = -v * b;
    lower!.score[i] = v * fl;
    lower!.w[i] = v * fl * (Sl - Fl);
    lower!.we[i] = 0;
  }
  return total;
};

/** `Family.modeSums`: f(u) + f(l) > 0, so that Newton's method needs no stand-in. */
export const cumulativeLogitModeSums: NonNullable<Family['modeSums']> = (eta0, loading, value, _y, _trials, weights, base, count, sums, [below, above]) => {
  let slope = 0;
  let curvature = 0;
  let third = 0;
  for (let i = 0; i < count; i++) {
    const k = loading[i]!;
    const eta = eta0[base + i]! + k * value;
    const oddsL = exp(Math.min(below![base + i]! - eta, LARGEST));
    const restU = exp(Math.min(eta - above![base + i]!, LARGEST));
    const Sl = 1 / (1 + oddsL);
    const Fu = 1 / (1 + restU);
    const Fl = oddsL * Sl;
    const Su = restU * Fu;
    const fl = Fl * Sl;
    const fu = Fu * Su;
    const kv = k * weights[base + i]!;
    slope += kv * (Fl - Su);
    curvature += kv * k * (fu + fl);
    third -= kv * k * k * (fu * (Su - Fu) + fl * (Sl - Fl));
  }
  sums[0] = slope;
  sums[1] = curvature;
  sums[2] = third;
};
