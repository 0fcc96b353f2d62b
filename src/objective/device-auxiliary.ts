/** Auxiliary predictors as a device takes them: matrices in a basis that suits float32, thresholds themselves instead of their coefficients. */
import type { AuxiliarySizes } from '../gpu/kernels.js';
import type { AuxiliaryPredictor, Design } from '../model/design.js';
import { valuesOf } from '../families/family.js';
import { type ColumnScaling, scaleColumns } from './scaling.js';

export interface DeviceAuxiliary extends AuxiliarySizes {
  /** n × columns, rows in the order of the objective. */
  readonly x: Float64Array;
  /** n × values, or null where no predictor has an offset. */
  readonly offsets: Float64Array | null;
  /** γ at `at` of `params` → the numbers of the device. */
  forward(params: Float64Array, at: number, out: Float64Array): void;
  /** Gradient by the numbers of the device → gradient by γ at `at`. */
  backward(slopes: Float64Array, gradient: Float64Array, at: number): void;
}

export function hasZeroInflation({ auxiliary }: Pick<Design, 'auxiliary'>): boolean {
  return auxiliary.some(({ role }) => role === 'zi');
}

/** Null for designs without auxiliary predictors. */
export function deviceAuxiliary({ auxiliary, nobs }: Design, order: Int32Array): DeviceAuxiliary | null {
  const cuts = auxiliary.find(({ role }) => role === 'thresholds');
  if (cuts !== undefined) return thresholds(cuts);
  return auxiliary.length === 0 ? null : linear(auxiliary, nobs, order);
}

function linear(auxiliary: readonly AuxiliaryPredictor[], nobs: number, order: Int32Array): DeviceAuxiliary {
  const widths = auxiliary.map(({ names }) => names.length);
  const columns = widths.reduce((sum, width) => sum + width, 0);
  const x = new Float64Array(nobs * columns);
  const scalings: ColumnScaling[] = [];
  const begins: number[] = [];
  let begin = 0;
  auxiliary.forEach((predictor, k) => {
    const width = widths[k]!;
    const sorted = Float64Array.from({ length: nobs * width }, (_, at) => predictor.x[order[Math.floor(at / width)]! * width + (at % width)]!);
    const scaling = scaleColumns(sorted, nobs, width, true);
    for (let i = 0; i < nobs; i++) for (let j = 0; j < width; j++) x[i * columns + begin + j] = scaling.x[i * width + j]!;
    scalings.push(scaling);
    begins.push(begin);
    begin += width;
  });
  const hasOffsets = auxiliary.some(({ offset }) => offset !== null);
  const offsets = Float64Array.from({ length: hasOffsets ? nobs * auxiliary.length : 0 }, (_, at) => {
    const { offset } = auxiliary[at % auxiliary.length]!;
    return offset === null ? 0 : offset[order[Math.floor(at / auxiliary.length)]!]!;
  });
  return {
    values: auxiliary.length, columns, second: widths[0]!, hasOffsets, cuts: 0, zeros: hasZeroInflation({ auxiliary }), x, offsets: hasOffsets ? offsets : null,
    forward(params, at, out) {
      scalings.forEach((scaling, k) => { scaling.forward(params, at + begins[k]!, out.subarray(begins[k])); });
    },
    backward(slopes, gradient, at) {
      gradient.set(slopes.subarray(0, columns), at);
      scalings.forEach((scaling, k) => { scaling.backward(gradient, at + begins[k]!); });
    },
  };
}

function thresholds({ role, names, x, offset }: AuxiliaryPredictor): DeviceAuxiliary {
  const m = names.length;
  const cuts = x.length / m;
  return {
    values: valuesOf(role), columns: 0, second: 0, hasOffsets: false, cuts, zeros: false, x: new Float64Array(0), offsets: null,
    forward(params, at, out) {
      for (let c = 0; c < cuts; c++) {
        out[c] = offset === null ? 0 : offset[c]!;
        for (let j = 0; j < m; j++) out[c]! += x[c * m + j]! * params[at + j]!;
      }
    },
    backward(slopes, gradient, at) {
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let c = 0; c < cuts; c++) sum += x[c * m + j]! * slopes[c]!;
        gradient[at + j] = sum;
      }
    },
  };
}
