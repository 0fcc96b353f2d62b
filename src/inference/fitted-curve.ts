/** How the mean depends on one covariate: a curve with a confidence band. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkFit, checkOptionNames, checkText } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import type { Family } from '../families/family.js';
import { familyOf } from '../families/registry.js';
import { checkLevel } from '../fit/confidence-level.js';
import { auxiliaryValues } from '../model/auxiliary-values.js';
import { type Design, parameterLayout } from '../model/design.js';
import closestName from '../names.js';
import { meanUncertainty } from '../prediction/mean-uncertainty.js';
import type { Scale } from '../prediction/prediction-scale.js';
import type { MarginalModel } from './emmeans.js';
import { combination, gridAverages, meanOffset, referenceGrid } from './reference-grid.js';

/** Scale, band and range of a fitted curve. */
export interface FittedCurveOptions {
  /** `response` (default): the mean, excess zeros and truncation included; or `link`. Ordered responses have the link scale only, and means that depend on a zero inflation or dispersion that varies between rows. */
  readonly type?: 'response' | 'link';
  /** Level of the band at each point, 0.5 … 0.9999, default 0.95. */
  readonly level?: number;
  /** Number of values from the smallest to the largest of the data, default 60. */
  readonly points?: number;
  /** Values of other covariates instead of their means. */
  readonly at?: Readonly<Record<string, number>>;
}

/** A prediction along one covariate, the others held, with a band. */
export interface FittedCurve {
  readonly covariate: string;
  readonly type: 'response' | 'link';
  readonly level: number;
  readonly value: Float64Array;
  /** Random effects at zero. */
  readonly fit: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const OPTION_NAMES = { type: true, level: true, points: true, at: true } as const satisfies Record<keyof FittedCurveOptions, true>;
const DEFAULT_POINTS = 60;

/** What a curve needs of a fitted model; `GlmmFit` is one. */
export interface CurveModel extends MarginalModel {
  /** Covariance of all parameters, k × k. */
  readonly covariance: Float64Array;
}

/** Covariates of the fixed effects that take more than one value. */
export function covariatesOf({ frame }: Pick<MarginalModel, 'frame'>): string[] {
  return frame.referenceValues.flatMap((value) => (value.kind === 'covariate' && value.high > value.low ? [value.name] : []));
}

/**
 * Prediction with random effects at zero along a covariate of the fixed effects: other covariates and offsets at their means, factors averaged over with equal
 * weights on the scale of the link. The band is the Wald interval at each point.
 * @throws OptionError for an unknown covariate, a model whose terms the data do not all tell, or a mean that depends on a zero inflation or dispersion that varies between rows.
 *
 * @example
 * fittedCurve(fit, 'Days');
 */
export function fittedCurve(fit: CurveModel, covariate: string, options: FittedCurveOptions = {}): FittedCurve {
  checkFit('fittedCurve', fit);
  checkText('fittedCurve', covariate, 'the name of a covariate');
  checkOptionNames(options, OPTION_NAMES, 'fittedCurve');
  const { design, fixedTerms, referenceValues, droppedColumns } = fit.frame;
  const ordered = design.auxiliary.some(({ role }) => role === 'thresholds');
  const family = familyOf(design);
  const varying = ordered ? null : varyingAuxiliary(family, design, fit.params);
  const { type = ordered || varying !== null ? 'link' : 'response', level = 0.95, points = DEFAULT_POINTS, at = {} } = options;
  checkLevel(level);
  if (!Number.isSafeInteger(points) || points < 2) throw new OptionError(`points must be an integer of at least 2, not ${points}`);
  if (ordered && type === 'response') throw new OptionError("ordered categories have no mean on the response scale; use type 'link'");
  if (varying !== null && type === 'response') throw new OptionError(`the mean depends on the ${varying}, which varies between rows; use type 'link', or predict rows of your own`);
  const names = covariatesOf(fit);
  const range = referenceValues.find((value) => value.name === covariate);
  if (range?.kind !== 'covariate') throw new OptionError(`'${covariate}' is no covariate of the fixed effects (${names.join(', ') || 'the model has none'})${closestName(covariate, names)}`);
  if (droppedColumns.length > 0) throw new OptionError(`the data do not tell ${droppedColumns.join(', ')}, so that no average over factors can be estimated; leave those terms out of the formula`);
  const z = normalQuantile(0.5 + level / 2, 0, 1);
  const offset = meanOffset(design);
  const { nFixed, nTheta } = parameterLayout(design);
  const auxiliary = auxiliaryValues(design, fit.params.subarray(nFixed + nTheta))(0);
  const loading = (k: number, j: number): number => design.auxiliary[k]!.x[j]!;
  const mean: Scale = (eta, values) => family.responseMean(eta, values);
  const uncertainty = meanUncertainty({ design, covariance: fit.covariance }, z);
  const value = Float64Array.from({ length: points }, (_, i) => range.low + ((range.high - range.low) * i) / (points - 1));
  const rows = Array.from(value, (own) => {
    const [row] = gridAverages(referenceGrid(fixedTerms, referenceValues, { ...at, [covariate]: own }), [], design.fixedNames.length).rows;
    const { estimate, error } = combination(row!, fit.params, fit.vcov);
    const eta = estimate + offset;
    if (type === 'link') return { fit: eta, low: eta - z * error, high: eta + z * error };
    const { low, high } = uncertainty(mean, { eta, errorOf: (byEta) => ({ variance: (byEta * error) ** 2, derivatives: row!.map((own) => byEta * own) }), auxiliary, loading });
    return { fit: mean(eta, auxiliary), low, high };
  });
  const column = (name: 'fit' | 'low' | 'high'): Float64Array => Float64Array.from(rows, (row) => row[name]);
  return { covariate, type, level, value, fit: column('fit'), low: column('low'), high: column('high') };
}

/** What the mean depends on besides η that is not the same in all rows, so that a curve of means would be that of one row; null where there is nothing. */
function varyingAuxiliary(family: Family, design: Design, params: Float64Array): string | null {
  const { nFixed, nTheta } = parameterLayout(design);
  const valuesOf = auxiliaryValues(design, params.subarray(nFixed + nTheta));
  const first = valuesOf(0).slice();
  const mean = family.responseMean(0, first);
  for (let i = 1; i < design.nobs; i++) {
    const k = valuesOf(i).findIndex((value, at) => value !== first[at] && family.responseMean(0, first.with(at, value)) !== mean);
    if (k !== -1) return design.auxiliary[k]!.role === 'zi' ? 'zero inflation' : 'dispersion';
  }
  return null;
}
