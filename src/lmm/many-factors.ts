/**
 * Random terms on several grouping factors: A = I + Λ'Z'WZΛ is one sparse matrix with the elimination order and symbolic factorisation of
 * `objective/many-factors.ts`. Z'WZ is kept as one small dense block per pair of (term, level) that occur together in some row.
 */
import { entryOf, SparseCholesky } from '../numerics/sparse-cholesky.js';
import type { Design } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import { type ManyFactors, manyFactors } from '../objective/many-factors.js';
import type { LmmKernel } from './kernel.js';
import { type MomentEstimates, momentEstimator } from './moments.js';
import { Profile } from './profile.js';
import { type ResponseSums, type ScaledRows, takeResponse } from './scaled-rows.js';

export function createManyFactorsKernel(design: Design, rows: ScaledRows, reml: boolean, sigmaKnown = false): LmmKernel {
  const layout = manyFactors(design);
  const { nEffects, symbolic, thetaRow, thetaColumn, nTheta, eliminated } = layout;
  const { nFixed: p, used, root: weightRoot, q: basis } = rows;
  const n = used.length;
  const profile = new Profile(rows, reml, sigmaKnown);
  const cholesky = new SparseCholesky(symbolic);
  const { firstEffect, endEffect, width, column: columnOf } = termsOf(design, layout);
  const nTerms = width.length;
  const { effectOfRow, z } = scaledEffects(design, layout, used, weightRoot);
  const blocks = blocksOf(layout, width, columnOf, effectOfRow, z, n);
  /** Z'WQ, nEffects × p. */
  const border = new Float64Array(nEffects * p);
  for (let i = 0, at = 0; i < n; i++) {
    for (let a = 0; a < layout.q; a++, at++) {
      const effect = effectOfRow[at]!;
      for (let j = 0; j < p; j++) border[effect * p + j]! += z[at]! * basis[i * p + j]!;
    }
  }

  const residual = new Float64Array(n);
  const values = new Float64Array(symbolic.rows.length);
  const inverse = new Float64Array(symbolic.rows.length);
  const lambdas = width.map((q) => new Float64Array(q * q));
  const derivatives = width.map((q) => new Float64Array(q * q));
  const u = new Float64Array(nEffects);
  const half = new Float64Array(nEffects);
  /** L⁻¹Λ'Z'WQ, then A⁻¹Λ'Z'WQ, column by column. */
  const solved = Array.from({ length: p }, () => new Float64Array(nEffects));
  /** Z'W(e − Qβ) − Z'WZΛu, and with REML Z'WQ − Z'WZΛ(A⁻¹Λ'Z'WQ). */
  const score = new Float64Array(nEffects);
  const borderScore = new Float64Array(nEffects * p);
  const scaled = new Float64Array(nEffects);
  const white = new Float64Array(p);
  const whiteOther = new Float64Array(p);
  const product = new Float64Array(Math.max(...width) ** 2);

  function createSums(): ResponseSums {
    return { start: new Float64Array(p), fixed: new Float64Array(p), effects: new Float64Array(nEffects), squares: 0, total: 0 };
  }

  function take(y: Float64Array, base: number, offset: Float64Array | null, sums: ResponseSums): void {
    takeResponse(rows, y, base, offset, sums, residual);
    sums.effects.fill(0);
    for (let i = 0, at = 0; i < n; i++) for (let a = 0; a < layout.q; a++, at++) sums.effects[effectOfRow[at]!]! += z[at]! * residual[i]!;
  }

  function setLambda(theta: Float64Array): void {
    for (const lambda of lambdas) lambda.fill(0);
    for (let k = 0, term = 0; k < nTheta; k++) {
      while (thetaColumn[k]! >= columnOf[term]! + width[term]!) term++;
      lambdas[term]![(thetaRow[k]! - columnOf[term]!) * width[term]! + thetaColumn[k]! - columnOf[term]!] = theta[k]!;
    }
  }

  /** out ← Λ'v, effects level by level; `v` has `stride` numbers per effect, the one at `at` is taken. */
  function timesLambdaTransposed(v: Float64Array, stride: number, at: number, out: Float64Array): void {
    for (let term = 0; term < nTerms; term++) {
      const q = width[term]!;
      const lambda = lambdas[term]!;
      for (let e = firstEffect[term]!; e < endEffect[term]!; e += q) {
        for (let c = 0; c < q; c++) {
          let sum = 0;
          for (let r = c; r < q; r++) sum += lambda[r * q + c]! * v[(e + r) * stride + at]!;
          out[e + c] = sum;
        }
      }
    }
  }

  /** out ← Λv. */
  function timesLambda(v: Float64Array, out: Float64Array): void {
    for (let term = 0; term < nTerms; term++) {
      const q = width[term]!;
      const lambda = lambdas[term]!;
      for (let e = firstEffect[term]!; e < endEffect[term]!; e += q) {
        for (let r = 0; r < q; r++) {
          let sum = 0;
          for (let c = 0; c <= r; c++) sum += lambda[r * q + c]! * v[e + c]!;
          out[e + r] = sum;
        }
      }
    }
  }

  /** out ← out − Z'WZ v, at `at` of `stride` numbers per effect. */
  function subtractCross(v: Float64Array, out: Float64Array, stride: number, at: number): void {
    for (let b = 0; b < blocks.count; b++) {
      const qa = width[blocks.termA[b]!]!;
      const qb = width[blocks.termB[b]!]!;
      const ea = blocks.effectA[b]!;
      const eb = blocks.effectB[b]!;
      let m = blocks.start[b]!;
      for (let i = 0; i < qa; i++) {
        for (let j = 0; j < qb; j++, m++) {
          out[(ea + i) * stride + at]! -= blocks.values[m]! * v[eb + j]!;
          if (ea !== eb) out[(eb + j) * stride + at]! -= blocks.values[m]! * v[ea + i]!;
        }
      }
    }
  }

  /** I + Λ'Z'WZΛ on the pattern of its factor. */
  function assemble(): void {
    values.fill(0);
    for (let j = 0; j < nEffects; j++) values[symbolic.starts[j]!] = 1;
    for (let b = 0; b < blocks.count; b++) {
      const qa = width[blocks.termA[b]!]!;
      const qb = width[blocks.termB[b]!]!;
      const la = lambdas[blocks.termA[b]!]!;
      const lb = lambdas[blocks.termB[b]!]!;
      const m = blocks.start[b]!;
      if (qa === 1 && qb === 1) {
        values[blocks.entries[m]!]! += la[0]! * lb[0]! * blocks.values[m]!;
        continue;
      }
      for (let i = 0; i < qa; i++) {
        for (let c = 0; c < qb; c++) {
          let sum = 0;
          for (let j = c; j < qb; j++) sum += blocks.values[m + i * qb + j]! * lb[j * qb + c]!;
          product[i * qb + c] = sum;
        }
      }
      const diagonal = blocks.effectA[b] === blocks.effectB[b];
      for (let r = 0; r < qa; r++) {
        for (let c = 0; c < (diagonal ? r + 1 : qb); c++) {
          let sum = 0;
          for (let i = r; i < qa; i++) sum += la[i * qa + r]! * product[i * qb + c]!;
          values[blocks.entries[m + r * qb + c]!]! += sum;
        }
      }
    }
  }

  function evaluate(sums: ResponseSums, theta: Float64Array, gradient: Float64Array | null): number {
    const { s, f, beta } = profile;
    setLambda(theta);
    assemble();
    if (!cholesky.factor(values)) return NaN;
    timesLambdaTransposed(sums.effects, 1, 0, half);
    cholesky.solveLower(values, half);
    s.fill(0);
    for (let j = 0; j < p; j++) {
      const own = solved[j]!;
      timesLambdaTransposed(border, p, j, own);
      cholesky.solveLower(values, own);
      f[j] = sums.fixed[j]! - dot(own, half);
      for (let k = 0; k <= j; k++) s[j * p + k] = (j === k ? 1 : 0) - dot(own, solved[k]!);
    }
    const value = profile.finish(sums.squares - dot(half, half), cholesky.logDeterminant(values), sums.total);
    if (gradient === null || Number.isNaN(value)) return value;

    findModes(sums);
    for (const derivative of derivatives) derivative.fill(0);
    // ½ d log|A|: Z'WZ Λ A⁻¹ within the levels.
    cholesky.selectedInverse(values, inverse);
    for (let b = 0; b < blocks.count; b++) {
      const diagonal = blocks.effectA[b] === blocks.effectB[b];
      addTrace(b, false);
      if (!diagonal) addTrace(b, true);
    }
    // −½ (n/pwrss) d pwrss: the score of the residuals times the modes.
    score.set(sums.effects);
    for (let e = 0; e < nEffects; e++) for (let j = 0; j < p; j++) score[e]! -= border[e * p + j]! * beta[j]!;
    timesLambda(u, scaled);
    subtractCross(scaled, score, 1, 0);
    const weight = profile.weight;
    addProducts(score, u, 1, -weight);
    if (reml) {
      borderScore.set(border);
      for (let j = 0; j < p; j++) {
        cholesky.solveUpper(values, solved[j]!);
        timesLambda(solved[j]!, scaled);
        subtractCross(scaled, borderScore, p, j);
      }
      addWhitenedProducts();
    }
    for (let k = 0, term = 0; k < nTheta; k++) {
      while (thetaColumn[k]! >= columnOf[term]! + width[term]!) term++;
      gradient[k] = -derivatives[term]![(thetaRow[k]! - columnOf[term]!) * width[term]! + thetaColumn[k]! - columnOf[term]!]!;
    }
    return value;
  }

  /** u = A⁻¹Λ'Z'W(e − Qβ) from what `evaluate` left in `half` and `solved`. */
  function findModes(sums: ResponseSums): void {
    for (let e = 0; e < nEffects; e++) {
      let sum = sums.effects[e]!;
      for (let j = 0; j < p; j++) sum -= border[e * p + j]! * profile.beta[j]!;
      score[e] = sum;
    }
    timesLambdaTransposed(score, 1, 0, u);
    cholesky.solveLower(values, u);
    cholesky.solveUpper(values, u);
  }

  /** Adds the block's part of Z'WZ Λ A⁻¹ to the derivative of its first term, or of the second when it is read transposed. */
  function addTrace(b: number, transposed: boolean): void {
    const termA = transposed ? blocks.termB[b]! : blocks.termA[b]!;
    const termB = transposed ? blocks.termA[b]! : blocks.termB[b]!;
    const qa = width[termA]!;
    const qb = width[termB]!;
    const lambda = lambdas[termB]!;
    const target = derivatives[termA]!;
    const start = blocks.start[b]!;
    for (let r = 0; r < qa; r++) {
      for (let k = 0; k < qb; k++) {
        let mLambda = 0;
        for (let j = k; j < qb; j++) mLambda += blocks.values[start + (transposed ? j * qa + r : r * qb + j)]! * lambda[j * qb + k]!;
        for (let c = 0; c <= r; c++) target[r * qa + c]! += mLambda * inverse[blocks.entries[start + (transposed ? k * qa + c : c * qb + k)]!]!;
      }
    }
  }

  /** derivative_rc += factor Σ_levels left_r right_c. */
  function addProducts(left: Float64Array, right: Float64Array, stride: number, factor: number): void {
    for (let term = 0; term < nTerms; term++) {
      const q = width[term]!;
      const target = derivatives[term]!;
      for (let e = firstEffect[term]!; e < endEffect[term]!; e += q) {
        for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) target[r * q + c]! += factor * left[(e + r) * stride]! * right[e + c]!;
      }
    }
  }

  /** −½ d log|S| = Σ (Z'WQ − Z'WZΛB) S⁻¹ B' with B = A⁻¹Λ'Z'WQ. */
  function addWhitenedProducts(): void {
    for (let term = 0; term < nTerms; term++) {
      const q = width[term]!;
      const target = derivatives[term]!;
      for (let e = firstEffect[term]!; e < endEffect[term]!; e += q) {
        for (let c = 0; c < q; c++) {
          for (let j = 0; j < p; j++) whiteOther[j] = solved[j]![e + c]!;
          profile.whiten(whiteOther);
          for (let r = c; r < q; r++) {
            for (let j = 0; j < p; j++) white[j] = borderScore[(e + r) * p + j]!;
            profile.whiten(white);
            target[r * q + c]! -= dot(white, whiteOther);
          }
        }
      }
    }
  }

  function modes(sums: ResponseSums): Float64Array {
    findModes(sums);
    return Float64Array.from(eliminated, (place) => u[place]!);
  }

  /** Made when it is first asked for: refits have starts already. */
  let estimator: ReturnType<typeof momentEstimator> | undefined;

  function moments(sums: ResponseSums): MomentEstimates | null {
    if (estimator === undefined) {
      const columnOfEffect = new Int32Array(nEffects);
      effectOfRow.forEach((effect, at) => { columnOfEffect[effect] = at % layout.q; });
      estimator = momentEstimator({ columns: layout.q, columnOfEffect, eachEntry, border, nFixed: p, degrees: n - p });
    }
    return estimator?.(sums.effects, sums.squares) ?? null;
  }

  function eachEntry(entry: (row: number, column: number, value: number) => void): void {
    for (let b = 0; b < blocks.count; b++) {
      const ea = blocks.effectA[b]!;
      const eb = blocks.effectB[b]!;
      let m = blocks.start[b]!;
      for (let i = 0; i < width[blocks.termA[b]!]!; i++) {
        for (let j = 0; j < width[blocks.termB[b]!]!; j++, m++) {
          entry(ea + i, eb + j, blocks.values[m]!);
          if (ea !== eb) entry(eb + j, ea + i, blocks.values[m]!);
        }
      }
    }
  }

  return { profile, createSums, take, evaluate, modes, moments };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}

interface Terms {
  /** Effects of term t in elimination order: firstEffect[t] … endEffect[t] − 1, level by level. */
  readonly firstEffect: readonly number[];
  readonly endEffect: readonly number[];
  readonly width: readonly number[];
  /** First column of the term among the columns of all terms. */
  readonly column: readonly number[];
}

function termsOf(design: Design, { eliminated }: ManyFactors): Terms {
  const { places } = effectPlaces(design);
  const begin = places.map((place) => eliminated[place.first]!);
  return {
    firstEffect: begin,
    endEffect: places.map(({ term, q }, t) => begin[t]! + term.levels.length * q),
    width: places.map((place) => place.q),
    column: places.map((place) => place.column),
  };
}

/** For the rows used: effects (in elimination order) and √w z, columns of all terms side by side. */
function scaledEffects(design: Design, { q, eliminated }: ManyFactors, used: Int32Array, root: Float64Array): { effectOfRow: Int32Array; z: Float64Array } {
  const { places } = effectPlaces(design);
  const effectOfRow = new Int32Array(used.length * q);
  const z = new Float64Array(used.length * q);
  used.forEach((row, i) => {
    for (const { term, q: width, column, first, stride } of places) {
      for (let c = 0; c < width; c++) {
        effectOfRow[i * q + column + c] = eliminated[first + term.index[row]! * stride + c]!;
        z[i * q + column + c] = root[i]! * term.z[row * width + c]!;
      }
    }
  });
  return { effectOfRow, z };
}

/** Blocks of Z'WZ, one per pair of levels that meet in a row (each pair once), with their places in the factor. */
interface Blocks {
  readonly count: number;
  readonly termA: Int32Array;
  readonly termB: Int32Array;
  /** First effects of the two levels. */
  readonly effectA: Int32Array;
  readonly effectB: Int32Array;
  /** First number of the block, width A × width B row-major. */
  readonly start: Int32Array;
  readonly values: Float64Array;
  /** Place in the factor of each number. */
  readonly entries: Int32Array;
}

function blocksOf(
  { q, nEffects, symbolic }: ManyFactors, width: readonly number[], column: readonly number[],
  effectOfRow: Int32Array, z: Float64Array, n: number,
): Blocks {
  const numberOf = new Map<number, number>();
  const termA: number[] = [];
  const termB: number[] = [];
  const effectA: number[] = [];
  const effectB: number[] = [];
  const start: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let s = 0; s < width.length; s++) {
      const ea = effectOfRow[i * q + column[s]!]!;
      for (let t = 0; t <= s; t++) {
        const eb = effectOfRow[i * q + column[t]!]!;
        const key = ea * nEffects + eb;
        let block = numberOf.get(key);
        if (block === undefined) {
          block = termA.length;
          numberOf.set(key, block);
          termA.push(s);
          termB.push(t);
          effectA.push(ea);
          effectB.push(eb);
          start.push(values.length);
          for (let m = 0; m < width[s]! * width[t]!; m++) values.push(0);
        }
        let at = start[block]!;
        for (let a = 0; a < width[s]!; a++) {
          for (let b = 0; b < width[t]!; b++) values[at++]! += z[i * q + column[s]! + a]! * z[i * q + column[t]! + b]!;
        }
      }
    }
  }
  const entries = new Int32Array(values.length);
  for (let block = 0; block < termA.length; block++) {
    let at = start[block]!;
    for (let a = 0; a < width[termA[block]!]!; a++) {
      for (let b = 0; b < width[termB[block]!]!; b++) {
        const ea = effectA[block]! + a;
        const eb = effectB[block]! + b;
        entries[at++] = entryOf(symbolic, Math.max(ea, eb), Math.min(ea, eb));
      }
    }
  }
  return {
    count: termA.length, termA: Int32Array.from(termA), termB: Int32Array.from(termB), effectA: Int32Array.from(effectA),
    effectB: Int32Array.from(effectB), start: Int32Array.from(start), values: Float64Array.from(values), entries,
  };
}
