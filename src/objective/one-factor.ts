/**
 * What the kernels on groups need of a design whose random terms share one grouping factor: rows sorted level by level, the columns of all
 * terms side by side, and which entry of the block-diagonal Cholesky factor Λ each θ is. Data only.
 */
import { OptionError } from '../errors.js';
import { type Design, parameterLayout } from '../model/design.js';
import type { RowLayout } from './row-layout.js';

export interface OneFactor extends RowLayout {
  /** Levels of the grouping factor. */
  readonly nGroups: number;
  readonly maxGroup: number;
  /** θ_t is entry (thetaRow[t], thetaColumn[t]) of the q × q Λ. */
  readonly thetaRow: Int32Array;
  readonly thetaColumn: Int32Array;
}

/** True if all random terms share one grouping factor and act on η. */
export function hasOneFactor(design: Design): boolean {
  const first = design.random[0];
  return first !== undefined && design.random.every((term) => term.group === first.group && term.predictor === undefined);
}

/** Throws OptionError when the random terms do not share one grouping factor. */
export function oneFactor(design: Design): OneFactor {
  const first = design.random[0];
  if (first === undefined || !hasOneFactor(design)) {
    const groups = [...new Set(design.random.map((term) => term.group))].join(', ');
    throw new OptionError(`this path takes random effects on one grouping factor, the model has ${groups}; use backend 'cpu'`);
  }
  const { nobs, x } = design;
  const { nFixed, nTheta, nParams } = parameterLayout(design);
  const nGroups = first.levels.length;
  const starts = new Int32Array(nGroups + 1);
  for (let i = 0; i < nobs; i++) starts[first.index[i]! + 1]!++;
  let maxGroup = 0;
  for (let g = 0; g < nGroups; g++) {
    maxGroup = Math.max(maxGroup, starts[g + 1]!);
    starts[g + 1]! += starts[g]!;
  }
  const next = starts.slice();
  const order = new Int32Array(nobs);
  for (let i = 0; i < nobs; i++) order[next[first.index[i]!]!++] = i;

  const q = design.random.reduce((sum, term) => sum + term.names.length, 0);
  const sortedX = new Float64Array(nobs * nFixed);
  const z = new Float64Array(nobs * q);
  for (let i = 0; i < nobs; i++) {
    const row = order[i]!;
    for (let j = 0; j < nFixed; j++) sortedX[i * nFixed + j] = x[row * nFixed + j]!;
    let column = 0;
    for (const term of design.random) {
      const width = term.names.length;
      for (let j = 0; j < width; j++) z[i * q + column++] = term.z[row * width + j]!;
    }
  }

  const thetaRow: number[] = [];
  const thetaColumn: number[] = [];
  let offset = 0;
  for (const term of design.random) {
    const width = term.names.length;
    for (let column = 0; column < width; column++) {
      for (let row = column; row < (term.covariance === 'diagonal' ? column + 1 : width); row++) {
        thetaRow.push(offset + row);
        thetaColumn.push(offset + column);
      }
    }
    offset += width;
  }
  return {
    nobs, nFixed, nTheta, nParams, nGroups, q, nEffects: nGroups * q, order, starts, maxGroup, x: sortedX, z,
    thetaRow: Int32Array.from(thetaRow), thetaColumn: Int32Array.from(thetaColumn),
  };
}
