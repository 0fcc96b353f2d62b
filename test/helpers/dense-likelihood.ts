/**
 * Likelihoods written out with whole matrices, for small designs: covariances from their definition, every inverse and determinant by plain
 * elimination. Nothing here is shared with the program but the shape of a `Design`.
 */
import gammaln from '@stdlib/math-base-special-gammaln';
import type { Design, RandomTerm } from '../../src/model/design.js';

type Matrix = number[][];

/** The covariance matrix of a term from its θ as the structures are defined. */
export function definedCovariance({ covariance, names }: Pick<RandomTerm, 'covariance' | 'names'>, theta: readonly number[]): Matrix {
  const q = names.length;
  if (covariance === 'unstructured') {
    let at = 0;
    const factor = zeros(q, q);
    for (let column = 0; column < q; column++) for (let row = column; row < q; row++) factor[row]![column] = theta[at++]!;
    return factor.map((a) => factor.map((b) => dot(a, b)));
  }
  if (covariance === 'diagonal') return theta.map((sd, i) => theta.map((_, j) => (i === j ? sd * sd : 0)));
  const sd = names.map((_, j) => (covariance === 'cs' || covariance === 'hetar1' ? theta[j]! ** 2 : theta[0]!));
  const sine = Math.sin(theta.at(-1)!) ** 2;
  const symmetric = covariance === 'cs' || covariance === 'homcs';
  const rho = symmetric ? -1 / (q - 1) + (q / (q - 1)) * sine : 2 * sine - 1;
  const correlation = (i: number, j: number): number => (i === j ? 1 : covariance === 'isotropic' ? 0 : symmetric ? rho : rho ** Math.abs(i - j));
  return sd.map((a, i) => sd.map((b, j) => a * b * correlation(i, j)));
}

/** Z (n × all effects) and the covariance of all effects, at the θ of all terms. */
function randomPart(design: Design, theta: readonly number[], counts: readonly number[]): { z: Matrix; covariance: Matrix } {
  const total = design.random.reduce((sum, { levels, names }) => sum + levels.length * names.length, 0);
  const z = zeros(design.nobs, total);
  const covariance = zeros(total, total);
  let first = 0;
  let from = 0;
  design.random.forEach((term, t) => {
    const q = term.names.length;
    const block = definedCovariance(term, theta.slice(from, from += counts[t]!));
    term.levels.forEach((_, level) => {
      for (let i = 0; i < q; i++) for (let j = 0; j < q; j++) covariance[first + level * q + i]![first + level * q + j] = block[i]![j]!;
    });
    term.index.forEach((level, row) => { for (let j = 0; j < q; j++) z[row]![first + level * q + j] = term.z[row * q + j]!; });
    first += term.levels.length * q;
  });
  return { z, covariance };
}

/**
 * Laplace approximation of a binomial-logit or Poisson-log model (no trials, weights or offset), in terms of b: h(b) = log f(y | b) − ½ b'Σ⁻¹b and
 * L = h(b̂) − ½ log|Σ| − ½ log|Z'WZ + Σ⁻¹|.
 */
export function denseLaplace(design: Design, y: Float64Array, params: Float64Array, counts: readonly number[]): number {
  const p = design.fixedNames.length;
  const { z, covariance } = randomPart(design, Array.from(params.subarray(p)), counts);
  const precision = inverse(covariance).inverse;
  const fixed = z.map((_, i) => sum(p, (j) => design.x[i * p + j]! * params[j]!));
  const poisson = design.family === 'poisson';
  const at = (b: readonly number[]) => {
    const eta = z.map((row, i) => fixed[i]! + dot(row, b));
    const mean = eta.map((e) => (poisson ? Math.exp(e) : 1 / (1 + Math.exp(-e))));
    const weight = mean.map((m) => (poisson ? m : m * (1 - m)));
    const logLik = sum(y.length, (i) => (poisson ? y[i]! * eta[i]! - mean[i]! - gammaln(y[i]! + 1) : y[i] === 1 ? Math.log(mean[i]!) : Math.log(1 - mean[i]!)));
    const penalty = precision.map((row) => dot(row, b));
    const value = logLik - 0.5 * dot(b, penalty);
    const gradient = b.map((_, e) => sum(y.length, (i) => z[i]![e]! * (y[i]! - mean[i]!)) - penalty[e]!);
    const curvature = precision.map((row, e) => row.map((entry, f) => entry + sum(y.length, (i) => z[i]![e]! * weight[i]! * z[i]![f]!)));
    return { value, gradient, curvature };
  };
  let b = covariance.map(() => 0);
  let here = at(b);
  for (let iteration = 0; iteration < 100; iteration++) {
    const solved = inverse(here.curvature).inverse;
    const step = solved.map((row) => dot(row, here.gradient));
    if (dot(step, here.gradient) < 1e-22) break;
    let length = 1;
    let next = at(b.map((value, e) => value + length * step[e]!));
    while (!(next.value >= here.value - 1e-12) && length > 1e-6) {
      length /= 2;
      next = at(b.map((value, e) => value + length * step[e]!));
    }
    b = b.map((value, e) => value + length * step[e]!);
    here = next;
  }
  return here.value - 0.5 * inverse(covariance).logDeterminant - 0.5 * inverse(here.curvature).logDeterminant;
}

/** Log-likelihood of y ~ N(Xβ, σ²(I + ZΣZ')) at the best β and σ, Σ relative to σ²; with REML that of the error contrasts. */
export function denseGaussian(design: Design, y: Float64Array, theta: Float64Array, counts: readonly number[], reml: boolean): number {
  const n = design.nobs;
  const p = design.fixedNames.length;
  const { z, covariance } = randomPart(design, Array.from(theta), counts);
  const zc = z.map((row) => covariance.map((column) => dot(row, column)));
  const v = inverse(z.map((_, i) => z.map((row, j) => dot(zc[i]!, row) + (i === j ? 1 : 0))));
  const column = (j: number): number[] => Array.from({ length: n }, (_, i) => design.x[i * p + j]!);
  const weigh = (a: readonly number[]): number[] => v.inverse.map((row) => dot(row, a));
  const columns = Array.from({ length: p }, (_, j) => column(j));
  const weighed = columns.map(weigh);
  const s = inverse(columns.map((a) => weighed.map((b) => dot(a, b))));
  const beta = s.inverse.map((row) => dot(row, weighed.map((a) => dot(a, Array.from(y)))));
  const residual = Array.from(y, (value, i) => value - sum(p, (j) => columns[j]![i]! * beta[j]!));
  const divisor = reml ? n - p : n;
  const squares = dot(residual, weigh(residual));
  return -0.5 * (v.logDeterminant + (reml ? s.logDeterminant : 0) + divisor * (1 + Math.log((2 * Math.PI * squares) / divisor)));
}

const zeros = (rows: number, columns: number): Matrix => Array.from({ length: rows }, () => new Array<number>(columns).fill(0));
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((total, value, i) => total + value * b[i]!, 0);
const sum = (count: number, term: (i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < count; i++) total += term(i);
  return total;
};

/** Gauss–Jordan elimination with partial pivoting. */
function inverse(matrix: Matrix): { inverse: Matrix; logDeterminant: number } {
  const n = matrix.length;
  const work = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => (i === j ? 1 : 0))]);
  let logDeterminant = 0;
  for (let c = 0; c < n; c++) {
    let pivot = c;
    for (let r = c + 1; r < n; r++) if (Math.abs(work[r]![c]!) > Math.abs(work[pivot]![c]!)) pivot = r;
    [work[c], work[pivot]] = [work[pivot]!, work[c]!];
    const scale = work[c]![c]!;
    logDeterminant += Math.log(Math.abs(scale));
    work[c] = work[c]!.map((value) => value / scale);
    for (let r = 0; r < n; r++) {
      const factor = work[r]![c]!;
      if (r === c || factor === 0) continue;
      work[r] = work[r]!.map((value, j) => value - factor * work[c]![j]!);
    }
  }
  return { inverse: work.map((row) => row.slice(n)), logDeterminant };
}
