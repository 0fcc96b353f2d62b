import type { Design } from './design.js';

/**
 * What `Family.draw`, `responseMean` and `responseVariance` take for each row: the values of the auxiliary predictors at γ; all J − 1
 * thresholds for cumulative families. The array handed out is used again for the next row.
 * @param zeta what is added to the logit of the zero inflation, row by row; null adds nothing
 */
export function auxiliaryValues(
  { auxiliary }: Pick<Design, 'auxiliary'>, gamma: Float64Array, zeta: Float64Array | null = null,
): (row: number) => Float64Array {
  let at = 0;
  const parts = auxiliary.map(({ role, names, x, offset }) => {
    const m = names.length;
    const own = gamma.subarray(at, at + m);
    at += m;
    const value = (row: number): number => {
      let sum = (offset === null ? 0 : offset[row]!) + (zeta !== null && role === 'zi' ? zeta[row]! : 0);
      for (let j = 0; j < m; j++) sum += x[row * m + j]! * own[j]!;
      return sum;
    };
    return { value, everyRow: role === 'thresholds' ? x.length / m : 0 };
  });
  if (parts.length === 1 && parts[0]!.everyRow > 0) {
    const thresholds = Float64Array.from({ length: parts[0]!.everyRow }, (_, c) => parts[0]!.value(c));
    return () => thresholds;
  }
  const values = new Float64Array(parts.length);
  return (row) => {
    for (let k = 0; k < parts.length; k++) values[k] = parts[k]!.value(row);
    return values;
  };
}
