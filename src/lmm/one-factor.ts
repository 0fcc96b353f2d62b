/**
 * One grouping factor: V is block-diagonal and everything happens in q × q blocks. With M = Z'WZ and N = Z'WQ of a level,
 * K = ΛA⁻¹Λ' (A = I + Λ'MΛ) and R = I − MK, a change dΣ of Σ = ΛΛ' changes log |A| by tr(RM dΣ) and K by R'dΣR, so the whole gradient is
 * one symmetric q × q matrix.
 *
 * Where a level counts c times, N and Z'We carry the factor √c, which makes their products what c copies would add; only log |A| and the
 * trace with M have to be counted.
 *
 * Levels with the same M and N (balanced designs have one kind) are told apart by their Z'We alone, of which only sums and sums of
 * products are needed: the cost of an evaluation follows the number of kinds, not of levels.
 */
import { factor, logDeterminant, solveLower, solveUpper } from '../numerics/cholesky.js';
import type { OneFactor } from '../objective/one-factor.js';
import type { LmmKernel } from './kernel.js';
import { Profile } from './profile.js';
import { type ResponseSums, type ScaledRows, takeResponse } from './scaled-rows.js';

export function createOneFactorKernel(layout: Pick<OneFactor, 'q' | 'nGroups' | 'nTheta' | 'thetaRow' | 'thetaColumn'>,
  rows: ScaledRows, level: Int32Array, z: Float64Array, reml: boolean, sigmaKnown = false): LmmKernel {
  const { q, nGroups, nTheta, thetaRow, thetaColumn } = layout;
  const { nFixed: p } = rows;
  const n = rows.used.length;
  const qq = q * q;
  const profile = new Profile(rows, reml, sigmaKnown);
  const { kindOf, counts, copies, ms, ns } = kindsOfLevels(n, nGroups, q, p, level, z, rows);
  const kinds = counts.length;

  const residual = new Float64Array(n);
  const projected = new Float64Array(nGroups * q);
  const lambda = new Float64Array(qq);
  const mLambda = new Float64Array(qq);
  const root = new Float64Array(qq);
  const t = new Float64Array(qq);
  const column = new Float64Array(q);
  const ks = new Float64Array(kinds * qq);
  const kn = new Float64Array(q * p);
  const nBeta = new Float64Array(q);
  const r = new Float64Array(qq);
  const inner = new Float64Array(qq);
  const half = new Float64Array(qq);
  const d = new Float64Array(qq);
  const white = new Float64Array(p);
  const whiteRows = new Float64Array(q * p);
  /** Per kind: q sums, then q × q sums of products. */
  const stride = q + qq;

  function createSums(): ResponseSums {
    return { start: new Float64Array(p), fixed: new Float64Array(p), effects: new Float64Array(kinds * stride), squares: 0, total: 0 };
  }

  function take(y: Float64Array, base: number, offset: Float64Array | null, sums: ResponseSums): void {
    takeResponse(rows, y, base, offset, sums, residual);
    projected.fill(0);
    for (let i = 0, at = 0; i < n; i++) {
      const first = level[i]! * q;
      for (let a = 0; a < q; a++) projected[first + a]! += z[at++]! * residual[i]!;
    }
    const { effects } = sums;
    effects.fill(0);
    for (let g = 0; g < nGroups; g++) {
      let at = kindOf[g]! * stride;
      const first = g * q;
      for (let a = 0; a < q; a++) effects[at++]! += projected[first + a]!;
      for (let a = 0; a < q; a++) for (let b = 0; b < q; b++) effects[at++]! += projected[first + a]! * projected[first + b]!;
    }
  }

  /** Cholesky factor of A into `root` for the levels whose M begins at `base`. */
  function factorA(base: number): boolean {
    for (let a = 0; a < q; a++) {
      for (let c = 0; c < q; c++) {
        let sum = 0;
        for (let b = c; b < q; b++) sum += ms[base + a * q + b]! * lambda[b * q + c]!;
        mLambda[a * q + c] = sum;
      }
    }
    for (let a = 0; a < q; a++) {
      for (let c = 0; c <= a; c++) {
        let sum = a === c ? 1 : 0;
        for (let b = a; b < q; b++) sum += lambda[b * q + a]! * mLambda[b * q + c]!;
        root[a * q + c] = sum;
      }
    }
    return factor(root, q);
  }

  function evaluate(sums: ResponseSums, theta: Float64Array, gradient: Float64Array | null): number {
    const { effects } = sums;
    const { s, f, beta } = profile;
    lambda.fill(0);
    for (let k = 0; k < nTheta; k++) lambda[thetaRow[k]! * q + thetaColumn[k]!] = theta[k]!;
    s.fill(0);
    for (let j = 0; j < p; j++) s[j * p + j] = 1;
    f.set(sums.fixed);
    let h = sums.squares;
    let logDet = 0;
    for (let kind = 0; kind < kinds; kind++) {
      const count = counts[kind]!;
      const mBase = kind * qq;
      const nBase = kind * q * p;
      const vBase = kind * stride;
      if (!factorA(mBase)) return NaN;
      logDet += copies[kind]! * logDeterminant(root, q);
      // Column c of T = L⁻¹Λ' is row c of Λ; K = T'T.
      for (let c = 0; c < q; c++) {
        for (let a = 0; a < q; a++) column[a] = lambda[c * q + a]!;
        solveLower(root, q, column);
        for (let a = 0; a < q; a++) t[a * q + c] = column[a]!;
      }
      for (let a = 0; a < q; a++) {
        for (let b = 0; b <= a; b++) {
          let sum = 0;
          for (let c = 0; c < q; c++) sum += t[c * q + a]! * t[c * q + b]!;
          ks[mBase + a * q + b] = ks[mBase + b * q + a] = sum;
        }
      }
      for (let a = 0; a < q; a++) {
        for (let j = 0; j < p; j++) {
          let sum = 0;
          for (let b = 0; b < q; b++) sum += ks[mBase + a * q + b]! * ns[nBase + b * p + j]!;
          kn[a * p + j] = sum;
        }
      }
      for (let a = 0; a < q; a++) {
        for (let j = 0; j < p; j++) {
          const value = kn[a * p + j]!;
          f[j]! -= value * effects[vBase + a]!;
          const scaled = count * value;
          for (let k = 0; k <= j; k++) s[j * p + k]! -= scaled * ns[nBase + a * p + k]!;
        }
        for (let b = 0; b < q; b++) h -= ks[mBase + a * q + b]! * effects[vBase + q + a * q + b]!;
      }
    }
    const value = profile.finish(h, logDet, sums.total);
    if (gradient === null || Number.isNaN(value)) return value;

    const weight = profile.weight;
    d.fill(0);
    for (let kind = 0; kind < kinds; kind++) {
      const count = counts[kind]!;
      const mBase = kind * qq;
      const nBase = kind * q * p;
      const vBase = kind * stride;
      for (let a = 0; a < q; a++) {
        let sum = 0;
        for (let j = 0; j < p; j++) sum += ns[nBase + a * p + j]! * beta[j]!;
        nBeta[a] = sum;
        for (let b = 0; b < q; b++) {
          let product = a === b ? 1 : 0;
          for (let c = 0; c < q; c++) product -= ms[mBase + a * q + c]! * ks[mBase + c * q + b]!;
          r[a * q + b] = product;
        }
        if (reml) {
          for (let j = 0; j < p; j++) white[j] = ns[nBase + a * p + j]!;
          profile.whiten(white);
          whiteRows.set(white, a * p);
        }
      }
      for (let a = 0; a < q; a++) {
        for (let b = 0; b < q; b++) {
          const at = a * q + b;
          let sum = weight * (effects[vBase + q + at]! - effects[vBase + a]! * nBeta[b]! - nBeta[a]! * effects[vBase + b]! + count * nBeta[a]! * nBeta[b]!);
          if (reml) for (let j = 0; j < p; j++) sum += count * whiteRows[a * p + j]! * whiteRows[b * p + j]!;
          inner[at] = sum;
        }
      }
      // D += count R M − R inner R'.
      for (let a = 0; a < q; a++) {
        for (let b = 0; b < q; b++) {
          let sum = 0;
          for (let c = 0; c < q; c++) sum += r[a * q + c]! * inner[c * q + b]!;
          half[a * q + b] = sum;
        }
      }
      for (let a = 0; a < q; a++) {
        for (let b = 0; b < q; b++) {
          let sum = 0;
          for (let c = 0; c < q; c++) sum += copies[kind]! * r[a * q + c]! * ms[mBase + c * q + b]! - half[a * q + c]! * r[b * q + c]!;
          d[a * q + b]! += sum;
        }
      }
    }
    for (let k = 0; k < nTheta; k++) {
      let sum = 0;
      for (let b = 0; b < q; b++) sum -= d[thetaRow[k]! * q + b]! * lambda[b * q + thetaColumn[k]!]!;
      gradient[k] = sum;
    }
    return value;
  }

  function modes(): Float64Array {
    const out = new Float64Array(nGroups * q);
    for (let g = 0; g < nGroups; g++) {
      const nBase = kindOf[g]! * q * p;
      factorA(kindOf[g]! * qq);
      for (let a = 0; a < q; a++) {
        nBeta[a] = projected[g * q + a]!;
        for (let j = 0; j < p; j++) nBeta[a]! -= ns[nBase + a * p + j]! * profile.beta[j]!;
      }
      for (let c = 0; c < q; c++) {
        let sum = 0;
        for (let b = c; b < q; b++) sum += lambda[b * q + c]! * nBeta[b]!;
        column[c] = sum;
      }
      solveLower(root, q, column);
      solveUpper(root, q, column);
      out.set(column, g * q);
    }
    return out;
  }

  return { profile, createSums, take, evaluate, modes, moments: () => null };
}

interface Kinds {
  /** Kind of each level. */
  readonly kindOf: Int32Array;
  /** Levels of each kind. */
  readonly counts: Int32Array;
  /** Copies of the levels of each kind, added up. */
  readonly copies: Float64Array;
  /** M (q × q) and N (q × p) of each kind. */
  readonly ms: Float64Array;
  readonly ns: Float64Array;
}

function kindsOfLevels(n: number, nGroups: number, q: number, p: number, level: Int32Array, z: Float64Array, { q: basis, rootLevel }: ScaledRows): Kinds {
  const ms = new Float64Array(nGroups * q * q);
  const ns = new Float64Array(nGroups * q * p);
  const timesOf = new Float64Array(nGroups).fill(1);
  for (let i = 0; i < n; i++) {
    const g = level[i]!;
    timesOf[g] = rootLevel[i]! ** 2;
    for (let a = 0; a < q; a++) {
      const za = z[i * q + a]!;
      for (let b = 0; b < q; b++) ms[(g * q + a) * q + b]! += za * z[i * q + b]!;
      for (let j = 0; j < p; j++) ns[(g * q + a) * p + j]! += za * basis[i * p + j]!;
    }
  }
  const smallestM = NEGLIGIBLE * largest(ms);
  const smallestN = NEGLIGIBLE * largest(ns);
  const byContent = new Map<string, number>();
  const counts: number[] = [];
  const copies: number[] = [];
  const firstOf: number[] = [];
  const kindOf = new Int32Array(nGroups);
  for (let g = 0; g < nGroups; g++) {
    // Orthonormal columns carry rounding errors: twelve digits decide, far below what could change an estimate.
    const key = `${timesOf[g]!};${digitsOf(ms.subarray(g * q * q, (g + 1) * q * q), smallestM)};${digitsOf(ns.subarray(g * q * p, (g + 1) * q * p), smallestN)}`;
    let kind = byContent.get(key);
    if (kind === undefined) {
      kind = counts.length;
      byContent.set(key, kind);
      counts.push(0);
      copies.push(0);
      firstOf.push(g);
    }
    kindOf[g] = kind;
    counts[kind]!++;
    copies[kind]! += timesOf[g]!;
  }
  const gather = (all: Float64Array, width: number): Float64Array => {
    const out = new Float64Array(firstOf.length * width);
    firstOf.forEach((g, kind) => { out.set(all.subarray(g * width, (g + 1) * width), kind * width); });
    return out;
  };
  return { kindOf, counts: Int32Array.from(counts), copies: Float64Array.from(copies), ms: gather(ms, q * q), ns: gather(ns, q * p) };
}

const NEGLIGIBLE = 1e-13;

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

/** Twelve digits of each value, zero where it is below the smallest that counts. */
function digitsOf(values: Float64Array, smallest: number): string {
  let text = '';
  for (const value of values) text += `${Math.abs(value) <= smallest ? '0' : value.toPrecision(12)},`;
  return text;
}
