/** How the mean depends on one covariate: a curve with a confidence band. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkFit, checkOptionNames, checkText } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import { checkLevel } from '../fit/confidence-level.js';
import closestName from '../names.js';
import type { MarginalModel } from './emmeans.js';
import { combination, gridAverages, meanOffset, referenceGrid } from './reference-grid.js';

/** Scale, band and range of a fitted curve. */
export interface FittedCurveOptions {
  /** `response` (default), or `link`. Ordered responses have the link scale only. */
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

/** Covariates of the fixed effects that take more than one value. */
export function covariatesOf({ frame }: Pick<MarginalModel, 'frame'>): string[] {
  return frame.referenceValues.flatMap((value) => (value.kind === 'covariate' && value.high > value.low ? [value.name] : []));
}

/**
 * Prediction with random effects at zero along a covariate of the fixed effects: other covariates and offsets at their means, factors averaged over with equal
 * weights on the scale of the link. The band is the Wald interval at each point.
 * @throws OptionError for an unknown covariate, or a model whose terms the data do not all tell.
 *
 * @example
 * fittedCurve(fit, 'Days');
 */
export function fittedCurve(fit: MarginalModel, covariate: string, options: FittedCurveOptions = {}): FittedCurve {
  checkFit('fittedCurve', fit);
  checkText('fittedCurve', covariate, 'the name of a covariate');
  checkOptionNames(options, OPTION_NAMES, 'fittedCurve');
  const { design, fixedTerms, referenceValues, droppedColumns } = fit.frame;
  const ordered = design.auxiliary.some(({ role }) => role === 'thresholds');
  const { type = ordered ? 'link' : 'response', level = 0.95, points = DEFAULT_POINTS, at = {} } = options;
  checkLevel(level);
  if (!Number.isSafeInteger(points) || points < 2) throw new OptionError(`points must be an integer of at least 2, not ${points}`);
  if (ordered && type === 'response') throw new OptionError("ordered categories have no mean on the response scale; use type 'link'");
  const names = covariatesOf(fit);
  const range = referenceValues.find((value) => value.name === covariate);
  if (range?.kind !== 'covariate') throw new OptionError(`'${covariate}' is no covariate of the fixed effects (${names.join(', ') || 'the model has none'})${closestName(covariate, names)}`);
  if (droppedColumns.length > 0) throw new OptionError(`the data do not tell ${droppedColumns.join(', ')}, so that no average over factors can be estimated; leave those terms out of the formula`);
  const family = familyOf(design);
  const z = normalQuantile(0.5 + level / 2, 0, 1);
  const offset = meanOffset(design);
  const scale = type === 'link' ? (eta: number): number => eta : (eta: number): number => family.mean(eta);
  const value = Float64Array.from({ length: points }, (_, i) => range.low + ((range.high - range.low) * i) / (points - 1));
  const rows = Array.from(value, (own) => {
    const [row] = gridAverages(referenceGrid(fixedTerms, referenceValues, { ...at, [covariate]: own }), [], design.fixedNames.length).rows;
    const { estimate, error } = combination(row!, fit.params, fit.vcov);
    const eta = estimate + offset;
    const limits = [scale(eta - z * error), scale(eta + z * error)];
    return { fit: scale(eta), low: Math.min(...limits), high: Math.max(...limits) };
  });
  const column = (name: 'fit' | 'low' | 'high'): Float64Array => Float64Array.from(rows, (row) => row[name]);
  return { covariate, type, level, value, fit: column('fit'), low: column('low'), high: column('high') };
}
