/** Auxiliary values of the rows of a model from their coefficients, and the way back for the gradient. */
import { valuesOf } from '../families/family.js';
import type { AuxiliaryPredictor, Design } from '../model/design.js';

/** The predictors of a design in the row order of an objective. */
export interface AuxiliaryMap {
  /** Values per row: length of the lists below. */
  readonly count: number;
  /** γ at `base` of `params` → auxiliary values of `rows` rows with responses y. */
  spread(params: Float64Array, base: number, y: Float64Array, rows: number, values: readonly Float64Array[]): void;
  /** Adds dL/dγ at `base` of `gradient` from dL/da of each row. */
  collect(rowGradients: readonly Float64Array[], y: Float64Array, rows: number, gradient: Float64Array, base: number): void;
}

/** @param order row i of the objective is row order[i] of the design. */
export function auxiliaryMap({ auxiliary, nobs }: Pick<Design, 'auxiliary' | 'nobs'>, order: Int32Array): AuxiliaryMap {
  const parts = auxiliary.map((predictor) => (predictor.role === 'thresholds' ? thresholds(predictor) : linear(predictor, nobs, order)));
  const widths = auxiliary.map(({ names }) => names.length);
  const counts = auxiliary.map(({ role }) => valuesOf(role));
  return {
    count: counts.reduce((sum, size) => sum + size, 0),
    spread(params, base, y, rows, values) {
      let first = 0;
      parts.forEach((part, k) => {
        part.spread(params, base, y, rows, values.slice(first, first + counts[k]!));
        base += widths[k]!;
        first += counts[k]!;
      });
    },
    collect(rowGradients, y, rows, gradient, base) {
      let first = 0;
      parts.forEach((part, k) => {
        part.collect(rowGradients.slice(first, first + counts[k]!), y, rows, gradient, base);
        base += widths[k]!;
        first += counts[k]!;
      });
    },
  };
}

/** Predictors are taken no further than this from 0: what the likelihood does not tell from a limit shall not end in an exponential that overflows. */
const EXTENT = 300;

type Part = Pick<AuxiliaryMap, 'spread' | 'collect'>;

function linear({ names, x, offset }: AuxiliaryPredictor, nobs: number, order: Int32Array): Part {
  const m = names.length;
  const sortedX = new Float64Array(nobs * m);
  const sortedOffset = new Float64Array(nobs);
  for (let i = 0; i < nobs; i++) {
    const row = order[i]!;
    for (let j = 0; j < m; j++) sortedX[i * m + j] = x[row * m + j]!;
    if (offset !== null) sortedOffset[i] = offset[row]!;
  }
  return {
    spread(params, base, _y, rows, [values]) {
      for (let i = 0, at = 0; i < rows; i++) {
        let sum = sortedOffset[i]!;
        for (let j = 0; j < m; j++, at++) sum += sortedX[at]! * params[base + j]!;
        values![i] = Math.min(EXTENT, Math.max(-EXTENT, sum));
      }
    },
    collect([rowGradient], _y, rows, gradient, base) {
      for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < m; j++, at++) gradient[base + j]! += sortedX[at]! * rowGradient![i]!;
    },
  };
}

/** The thresholds below and above the category of each row; −∞ and ∞ at the ends of the scale. */
function thresholds({ names, x, offset }: AuxiliaryPredictor): Part {
  const m = names.length;
  const count = x.length / m;
  /** Thresholds 1 … J − 1 between the infinite ones. */
  const cuts = new Float64Array(count + 2);
  const slopes = new Float64Array(count + 2);
  cuts[0] = -Infinity;
  cuts[count + 1] = Infinity;
  return {
    spread(params, base, y, rows, [lower, upper]) {
      for (let c = 0; c < count; c++) {
        let sum = offset === null ? 0 : offset[c]!;
        for (let j = 0; j < m; j++) sum += x[c * m + j]! * params[base + j]!;
        cuts[c + 1] = sum;
      }
      for (let i = 0; i < rows; i++) {
        lower![i] = cuts[y[i]! - 1]!;
        upper![i] = cuts[y[i]!]!;
      }
    },
    collect([lower, upper], y, rows, gradient, base) {
      slopes.fill(0);
      for (let i = 0; i < rows; i++) {
        slopes[y[i]! - 1]! += lower![i]!;
        slopes[y[i]!]! += upper![i]!;
      }
      for (let c = 0; c < count; c++) for (let j = 0; j < m; j++) gradient[base + j]! += x[c * m + j]! * slopes[c + 1]!;
    },
  };
}
