/** The parameters that results report: fixed effects, standard deviations and correlations instead of θ, then whatever follows θ. */
import { parameterNames } from '../fit/parameter-names.js';
import type { BatchFit } from '../model/batch-fit.js';
import { covarianceColumns } from '../model/covariance-columns.js';
import { type Design, parameterLayout } from '../model/design.js';

export interface ReportedParameters {
  readonly names: readonly string[];
  /** Values of one model. */
  of(params: Float64Array): Float64Array;
  /** One column per name. */
  columns(fit: Pick<BatchFit, 'params'>): Float64Array[];
  /** For each name the parameter that it is or, for a standard deviation, whose size it is; null where it is a function of several. */
  readonly single: readonly (number | null)[];
}

export function reportedParameters(design: Design): ReportedParameters {
  const { nFixed, nTheta, nParams } = parameterLayout(design);
  const covariance = covarianceColumns(design);
  return {
    names: [...design.fixedNames, ...covariance.names, ...parameterNames(design).slice(nFixed + nTheta)],
    of: (params) => Float64Array.from([...params.subarray(0, nFixed), ...covariance.from(params), ...params.subarray(nFixed + nTheta)]),
    columns({ params }) {
      const derived = covariance.names.map(() => new Float64Array(params[0]?.length ?? 0));
      const own = new Float64Array(nParams);
      for (let b = 0; b < (params[0]?.length ?? 0); b++) {
        params.forEach((column, j) => { own[j] = column[b]!; });
        covariance.from(own).forEach((value, j) => { derived[j]![b] = value; });
      }
      return [...params.slice(0, nFixed), ...derived, ...params.slice(nFixed + nTheta)];
    },
    single: [
      ...design.fixedNames.map((_, j) => j),
      ...singleTheta(design, covariance.names.length),
      ...Array.from({ length: nParams - nFixed - nTheta }, (_, j) => nFixed + nTheta + j),
    ],
  };
}

/** Which entry of θ alone each standard deviation or correlation depends on, found by trying: structures may come with any parameters. */
function singleTheta(design: Design, count: number): (number | null)[] {
  const { nFixed, nTheta, nParams } = parameterLayout(design);
  const covariance = covarianceColumns(design);
  const params = new Float64Array(nParams).fill(0.5);
  const base = covariance.from(params);
  const moving: number[][] = Array.from({ length: count }, () => []);
  for (let t = nFixed; t < nFixed + nTheta; t++) {
    params[t] = 0.75;
    covariance.from(params).forEach((value, j) => { if (value !== base[j]) moving[j]!.push(t); });
    params[t] = 0.5;
  }
  // Only a standard deviation that equals its θ has its standard error.
  return moving.map((entries, j) => (entries.length === 1 && base[j] === 0.5 ? entries[0]! : null));
}
