/**
 * Nearly collinear fixed effects (a year and its square, say) in coordinates in which they are not. With X = QR and columns of Q of root mean
 * square 1, a step d of β moves the linear predictor by ‖Rd‖ (root mean square), and differences along the columns of T = R⁻¹ are well scaled where
 * those along single coefficients lose every digit to cancellation.
 */
import type { Design } from '../model/design.js';
import { triangularFactor } from '../numerics/triangular-factor.js';
import type { Surface } from '../optimize/quasi-newton.js';

export interface FixedBasis {
  readonly size: number;
  /** R and T, p × p upper triangular, row-major. */
  readonly r: Float64Array;
  readonly t: Float64Array;
}

/** Share of a column's length that the earlier ones must leave for it to need no other coordinates. */
const APART = 1e-2;

const known = new WeakMap<Design, FixedBasis | null>();

/** Null where the fixed effects are well enough apart. */
export function fixedBasis(design: Design): FixedBasis | null {
  let found = known.get(design);
  if (found === undefined) known.set(design, (found = makeBasis(design)));
  return found;
}

function makeBasis({ x, nobs, fixedNames }: Design): FixedBasis | null {
  const p = fixedNames.length;
  const { columns, scales } = triangularFactor(x, nobs, p);
  const apart = columns.every((column, j) => Math.abs(column[j]!) >= APART * Math.hypot(...column));
  if (apart || columns.some((column, j) => column[j] === 0)) return null;
  const r = new Float64Array(p * p);
  for (let j = 0; j < p; j++) for (let i = 0; i <= j; i++) r[i * p + j] = columns[j]![i]! / (scales[j]! * Math.sqrt(nobs));
  const t = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    for (let i = j; i >= 0; i--) {
      let sum = i === j ? 1 : 0;
      for (let k = i + 1; k <= j; k++) sum -= r[i * p + k]! * t[k * p + j]!;
      t[i * p + j] = sum / r[i * p + i]!;
    }
  }
  return { size: p, r, t };
}

/** out ← A v at `at` of k-vectors whose first p entries A turns; the rest is copied. */
function turn(a: Float64Array, p: number, v: Float64Array, at: number, k: number, out: Float64Array): void {
  for (let i = 0; i < p; i++) {
    let sum = 0;
    for (let j = i; j < p; j++) sum += a[i * p + j]! * v[at + j]!;
    out[at + i] = sum;
  }
  for (let j = p; j < k; j++) out[at + j] = v[at + j]!;
}

/** out ← A'v likewise. */
function turnBack(a: Float64Array, p: number, v: Float64Array, at: number, k: number, out: Float64Array): void {
  for (let j = 0; j < p; j++) {
    let sum = 0;
    for (let i = 0; i <= j; i++) sum += a[i * p + j]! * v[at + i]!;
    out[at + j] = sum;
  }
  for (let j = p; j < k; j++) out[at + j] = v[at + j]!;
}

/** Length of a step at `at`: the root mean square change of the linear predictor by the fixed effects, and Σ stepScale_j |d_j| over the other parameters. */
export function reachOf({ size: p, r }: FixedBasis, stepScale: Float64Array, step: Float64Array, at: number): number {
  let square = 0;
  for (let i = 0; i < p; i++) {
    let sum = 0;
    for (let j = i; j < p; j++) sum += r[i * p + j]! * step[at + j]!;
    square += sum * sum;
  }
  let reach = Math.sqrt(square);
  for (let j = p; j < stepScale.length; j++) reach += stepScale[j]! * Math.abs(step[at + j]!);
  return reach;
}

/** The surface in φ with ψ = origin + Dφ, D = T on the fixed effects and 1 elsewhere; `origin` has k numbers per model. */
export function turnedSurface(surface: Surface, { size: p, t }: FixedBasis, origin: Float64Array): Surface {
  const { nParams: k, valueNoise } = surface;
  return {
    nParams: k, valueNoise,
    async evaluate(round) {
      const params = new Float64Array(round.count * k);
      const gradient = new Float64Array(round.count * k);
      for (let e = 0; e < round.count; e++) {
        turn(t, p, round.params, e * k, k, params);
        for (let j = 0; j < k; j++) params[e * k + j]! += origin[round.models[e]! * k + j]!;
      }
      await surface.evaluate({ ...round, params, gradient });
      for (let e = 0; e < round.count; e++) turnBack(t, p, gradient, e * k, k, round.gradient);
    },
  };
}

/** Steps, gradients, and quadratic forms of count models between ψ and φ; all return new arrays. */
export const turned = {
  /** Dφ. */
  step: ({ size, t }: FixedBasis, phi: Float64Array, k: number): Float64Array => eachRow(phi, k, (at, out) => { turn(t, size, phi, at, k, out); }),
  /** D'g: gradients by φ. */
  gradient: ({ size, t }: FixedBasis, psi: Float64Array, k: number): Float64Array => eachRow(psi, k, (at, out) => { turnBack(t, size, psi, at, k, out); }),
  /** Gradients by ψ from those by φ. */
  gradientBack: ({ size, r }: FixedBasis, phi: Float64Array, k: number): Float64Array => eachRow(phi, k, (at, out) => { turnBack(r, size, phi, at, k, out); }),
  /** D⁻¹MD⁻ᵀ: covariances of φ. */
  covariance: ({ size, r }: FixedBasis, psi: Float64Array, k: number): Float64Array => congruent(turn, r, size, psi, k),
  /** DCD': covariances of ψ. */
  covarianceBack: ({ size, t }: FixedBasis, phi: Float64Array, k: number): Float64Array => congruent(turn, t, size, phi, k),
  /** T'ST: an information matrix of the fixed effects alone. */
  information: ({ size, t }: FixedBasis, psi: Float64Array): Float64Array => congruent(turnBack, t, size, psi, size),
};

function eachRow(values: Float64Array, k: number, fill: (at: number, out: Float64Array) => void): Float64Array {
  const out = new Float64Array(values.length);
  for (let at = 0; at < values.length; at += k) fill(at, out);
  return out;
}

/** Rows, then columns of each k × k matrix turned by A, or by its transpose. */
function congruent(by: typeof turn, a: Float64Array, p: number, matrices: Float64Array, k: number): Float64Array {
  const rows = eachRow(matrices, k, (at, out) => { by(a, p, matrices, at, k, out); });
  const columns = transposed(rows, k);
  return eachRow(columns, k, (at, out) => { by(a, p, columns, at, k, out); });
}

function transposed(matrices: Float64Array, k: number): Float64Array {
  return matrices.map((_, at) => {
    const place = at % (k * k);
    return matrices[at - place + (place % k) * k + Math.floor(place / k)]!;
  });
}
