/**
 * What the general objective needs of a design with any random terms: rows in the order of the largest factor, for each row the effects
 * it depends on, and the elimination order with its symbolic factorisation, made once for all models of a batch.
 */
import { type SymbolicFactor, analyse, entryOf } from '../numerics/sparse-cholesky.js';
import { type Design, parameterLayout } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import type { RowLayout } from './row-layout.js';

export interface ManyFactors extends RowLayout {
  /** Effects of all terms, in the order of `effectPlaces`. */
  readonly nEffects: number;
  /** n × q: the effect (in elimination order) that each column of Z multiplies in each row. */
  readonly effectOfRow: Int32Array;
  /** Effect e of the layout of u is number `eliminated[e]` in elimination order. */
  readonly eliminated: Int32Array;
  readonly symbolic: SymbolicFactor;
  /** Entry of the factor for each pair of columns of each row: n × q(q + 1)/2, pairs (a, b ≤ a). */
  readonly pairEntry: Int32Array;
  /** θ_t multiplies column `thetaRow[t]` of Z and belongs to effect column `thetaColumn[t]`, both among the columns of all terms. */
  readonly thetaRow: Int32Array;
  readonly thetaColumn: Int32Array;
  /** Linear predictor that each of the q columns acts on: 0 is η, 1 the logit of the zero inflation. */
  readonly predictorOfColumn: Uint8Array;
}

export function manyFactors(design: Design): ManyFactors {
  const { nobs } = design;
  const { nFixed, nTheta, nParams } = parameterLayout(design);
  const { places, effects: nEffects, columns: q } = effectPlaces(design);

  // Larger factors first: their levels are independent of one another, and a factor nested in another comes before it, without fill.
  const byLevels = [...places].sort((a, b) => b.term.levels.length - a.term.levels.length);
  const eliminated = new Int32Array(nEffects);
  let number = 0;
  for (const { term, q: width, first, stride } of byLevels) {
    for (let level = 0; level < term.levels.length; level++) {
      for (let c = 0; c < width; c++) eliminated[first + level * stride + c] = number++;
    }
  }

  const lead = byLevels[0]!.term;
  const order = sortByLevel(lead.index, lead.levels.length);
  const x = new Float64Array(nobs * nFixed);
  const z = new Float64Array(nobs * q);
  const effectOfRow = new Int32Array(nobs * q);
  for (let i = 0; i < nobs; i++) {
    const row = order[i]!;
    for (let j = 0; j < nFixed; j++) x[i * nFixed + j] = design.x[row * nFixed + j]!;
    for (const { term, q: width, column, first, stride } of places) {
      for (let c = 0; c < width; c++) {
        z[i * q + column + c] = term.z[row * width + c]!;
        effectOfRow[i * q + column + c] = eliminated[first + term.index[row]! * stride + c]!;
      }
    }
  }

  const below: Set<number>[] = Array.from({ length: nEffects }, () => new Set<number>());
  for (let i = 0; i < nobs; i++) {
    for (let a = 0; a < q; a++) {
      for (let b = 0; b < a; b++) {
        const ea = effectOfRow[i * q + a]!;
        const eb = effectOfRow[i * q + b]!;
        below[Math.min(ea, eb)]!.add(Math.max(ea, eb));
      }
    }
  }
  const symbolic = analyse(nEffects, below.map((rows) => [...rows]));
  const pairs = (q * (q + 1)) / 2;
  const pairEntry = new Int32Array(nobs * pairs);
  for (let i = 0; i < nobs; i++) {
    let at = i * pairs;
    for (let a = 0; a < q; a++) {
      for (let b = 0; b <= a; b++) {
        const ea = effectOfRow[i * q + a]!;
        const eb = effectOfRow[i * q + b]!;
        pairEntry[at++] = entryOf(symbolic, Math.max(ea, eb), Math.min(ea, eb));
      }
    }
  }

  const thetaRow: number[] = [];
  const thetaColumn: number[] = [];
  for (const { term, q: width, column } of places) {
    for (let c = 0; c < width; c++) {
      for (let r = c; r < (term.covariance === 'diagonal' ? c + 1 : width); r++) {
        thetaRow.push(column + r);
        thetaColumn.push(column + c);
      }
    }
  }
  return {
    nobs, nFixed, nTheta, nParams, q, nEffects, order, starts: Int32Array.of(0, nobs), x, z, effectOfRow, eliminated, symbolic, pairEntry,
    thetaRow: Int32Array.from(thetaRow), thetaColumn: Int32Array.from(thetaColumn),
    predictorOfColumn: Uint8Array.from(design.random.flatMap(({ names, predictor }) => names.map(() => (predictor === 'zi' ? 1 : 0)))),
  };
}

/** Rows stably sorted by level. */
function sortByLevel(index: Int32Array, levels: number): Int32Array {
  const next = new Int32Array(levels + 1);
  for (const level of index) next[level + 1]!++;
  for (let g = 0; g < levels; g++) next[g + 1]! += next[g]!;
  const order = new Int32Array(index.length);
  index.forEach((level, i) => { order[next[level]!++] = i; });
  return order;
}
