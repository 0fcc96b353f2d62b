/**
 * The profiled log-likelihood (or REML criterion) of a linear mixed model once the random effects are eliminated: with V = W⁻¹ + ZΛΛ'Z' (in
 * units of σ²) the kernels bring S = X'V⁻¹X, f = X'V⁻¹e, h = e'V⁻¹e and log |V W|; β and σ² follow in closed form (Bates, Mächler, Bolker &
 * Walker 2015, J. Stat. Softw. 67(1), §3.4; constants as lmer's).
 */
import { factor, logDeterminant, solve, solveLower } from '../numerics/cholesky.js';
import type { ScaledRows } from './scaled-rows.js';

/** A residual sum of squares below this part of the response's is rounding: the fixed effects fit exactly. */
const EXACT_FIT = 1e-22;

export class Profile {
  readonly reml: boolean;
  /** n or, with REML, n − p: σ̂² is the penalised residual sum of squares divided by it. */
  readonly divisor: number;
  readonly #p: number;
  readonly #constant: number;
  /** S: kernels fill its lower triangle (p × p, row-major). */
  readonly s: Float64Array;
  /** f; becomes the estimate in the coordinates of Q, relative to the fit without random effects. */
  readonly f: Float64Array;
  /** Cholesky factor of S. */
  readonly root: Float64Array;
  readonly beta: Float64Array;
  readonly #known: boolean;
  /** Penalised residual sum of squares at the latest θ. */
  squares = NaN;

  /** @param sigmaKnown σ is 1, not estimated */
  constructor(rows: ScaledRows, reml: boolean, sigmaKnown = false) {
    const p = rows.nFixed;
    this.reml = reml;
    this.#known = sigmaKnown;
    this.divisor = rows.count - (reml ? p : 0);
    this.#p = p;
    this.#constant = -rows.logWeights + (reml ? rows.logDeterminant : 0);
    this.s = new Float64Array(p * p);
    this.f = new Float64Array(p);
    this.root = new Float64Array(p * p);
    this.beta = new Float64Array(p);
  }

  /** Log-likelihood with β and σ at their best; NaN when S is not positive definite or nothing is left for σ. */
  finish(h: number, logDetEffects: number, total: number): number {
    const p = this.#p;
    this.root.set(this.s);
    if (!factor(this.root, p)) return NaN;
    this.beta.set(this.f);
    solve(this.root, p, this.beta);
    let squares = h;
    for (let j = 0; j < p; j++) squares -= this.f[j]! * this.beta[j]!;
    this.squares = squares;
    if (!(squares > EXACT_FIT * total)) return NaN;
    const { divisor } = this;
    const logDetFixed = this.reml ? logDeterminant(this.root, p) : 0;
    const spread = this.#known ? squares + divisor * Math.log(2 * Math.PI) : divisor * (1 + Math.log((2 * Math.PI * squares) / divisor));
    return -0.5 * (logDetEffects + logDetFixed + this.#constant + spread);
  }

  get sigma(): number {
    return this.#known ? 1 : Math.sqrt(this.squares / this.divisor);
  }

  /** 1/σ²: what a unit of the residual sum of squares weighs in the gradient. */
  get weight(): number {
    return this.#known ? 1 : this.divisor / this.squares;
  }

  /** v ← C⁻¹ v with S = CC'. */
  whiten(v: Float64Array): void {
    solveLower(this.root, this.#p, v);
  }
}
