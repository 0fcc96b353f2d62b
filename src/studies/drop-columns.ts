import { type Design, parameterLayout } from '../model/design.js';

/** The design without some fixed-effect columns. @param columns indices into `fixedNames` */
export function dropColumns(design: Design, columns: readonly number[]): Design {
  const p = design.fixedNames.length;
  const kept = design.fixedNames.map((_, j) => j).filter((j) => !columns.includes(j));
  const x = new Float64Array(design.nobs * kept.length);
  for (let i = 0; i < design.nobs; i++) kept.forEach((j, at) => { x[i * kept.length + at] = design.x[i * p + j]!; });
  return { ...design, x, fixedNames: kept.map((j) => design.fixedNames[j]!) };
}

/** Parameters and first metric of the design without these columns. */
export function dropParameters(design: Design, columns: readonly number[], params: Float64Array, metric: Float64Array): { params: Float64Array; metric: Float64Array } {
  const k = parameterLayout(design).nParams;
  const kept = Array.from({ length: k }, (_, j) => j).filter((j) => !columns.includes(j));
  return {
    params: Float64Array.from(kept, (j) => params[j]!),
    metric: Float64Array.from({ length: kept.length ** 2 }, (_, at) => metric[kept[Math.floor(at / kept.length)]! * k + kept[at % kept.length]!]!),
  };
}
