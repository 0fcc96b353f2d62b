/** Estimated marginal means: predictions on a reference grid, averaged over the factors that are not asked for (Searle, Speed & Milliken 1980). */
import { checkArgument, checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import { checkLevel } from '../fit/confidence-level.js';
import type { ModelFrame } from '../formula/model-frame.js';
import closestName from '../names.js';
import type { Design } from '../model/design.js';
import { ADJUSTMENTS, type Adjustment, adjustedPValues, adjustedQuantile } from './adjust.js';
import { type ReferenceGrid, combination, gridAverages, meanOffset, referenceGrid } from './reference-grid.js';

/** Scale, differences and reference grid of marginal means. */
export interface EmmeansOptions {
  /** Values of covariates instead of their means. */
  readonly at?: Readonly<Record<string, number>>;
  /** `link` (default), or `response`: means and their limits through the inverse link, before zeros are added or taken away; standard errors by the delta method. */
  readonly type?: 'link' | 'response';
  /** Differences of the means besides the means themselves: all pairs, or every mean minus the first. */
  readonly contrasts?: 'pairwise' | 'treatment';
  /** For the differences; default `tukey` for `pairwise`, `none` for `treatment`. */
  readonly adjust?: Adjustment;
  /** Confidence level, 0.5 … 0.9999, default 0.95. */
  readonly level?: number;
  /** `residual`: t with n − p degrees of freedom; `none` (default): z. */
  readonly df?: 'residual' | 'none';
  /** Another covariance matrix of the fixed effects, e.g. from `robustVcov`. */
  readonly vcov?: readonly (readonly number[])[];
}

/** One mean. */
export interface EmmeanRow {
  /** Levels of the factors that were asked for. */
  readonly levels: Readonly<Record<string, string>>;
  /** Mean of the linear predictor over the rest of the grid, or on `response` scale its inverse link. */
  readonly emmean: number;
  readonly std_error: number;
  readonly conf_low: number;
  readonly conf_high: number;
}

/** One difference of means, always on the link scale. */
export interface ContrastRow {
  /** `1 - 2`; levels of several factors are separated by spaces. */
  readonly contrast: string;
  readonly estimate: number;
  readonly std_error: number;
  readonly statistic: number;
  /** Adjusted. */
  readonly p_value: number;
  readonly conf_low: number;
  readonly conf_high: number;
}

/** Marginal means and their differences. */
export interface Emmeans {
  readonly means: readonly EmmeanRow[];
  readonly contrasts: readonly ContrastRow[] | null;
  readonly adjust: Adjustment;
  readonly type: 'link' | 'response';
  readonly level: number;
  /** Values the covariates were held at. */
  readonly covariates: Readonly<Record<string, number>>;
  /** Factors the means are averaged over, with equal weights. */
  readonly averagedOver: readonly string[];
}

/** What marginal means need of a fitted model; `GlmmFit` is one. */
export interface MarginalModel {
  readonly frame: Pick<ModelFrame, 'fixedTerms' | 'referenceValues' | 'droppedColumns'> & { readonly design: Design };
  readonly params: Float64Array;
  readonly vcov: readonly (readonly number[])[];
}

const OPTION_NAMES = { at: true, type: true, contrasts: true, adjust: true, level: true, df: true, vcov: true } as const satisfies Record<keyof EmmeansOptions, true>;

/**
 * Means of the levels of some factors, random effects at zero. Other factors are averaged over with equal weights, covariates are at their means,
 * offsets at theirs.
 * @param specs names of the factors
 * @throws OptionError for unknown factors and options, and for a model with fixed effects that the data do not tell.
 *
 * @example
 * emmeans(fit, ['period'], { contrasts: 'pairwise', type: 'response' });
 */
export function emmeans(fit: MarginalModel, specs: readonly string[], options: EmmeansOptions = {}): Emmeans {
  checkFit('emmeans', fit);
  checkArgument('emmeans', specs, ['map'], 'the names of factors', 'for example [name]');
  checkOptionNames(options, OPTION_NAMES, 'emmeans');
  const { type = 'link', level = 0.95, contrasts, adjust = contrasts === 'pairwise' ? 'tukey' : 'none', df = 'none', vcov = fit.vcov } = options;
  checkLevel(level);
  if (!ADJUSTMENTS.includes(adjust)) throw new OptionError(`unknown adjustment '${String(adjust)}'; use ${ADJUSTMENTS.join(', ')}${closestName(adjust, ADJUSTMENTS)}`);
  if (adjust === 'tukey' && contrasts === 'treatment') throw new OptionError("the tukey adjustment is for all pairwise differences; use 'bonferroni', 'holm', 'sidak' or 'none' for treatment contrasts");
  const { design, fixedTerms, referenceValues, droppedColumns } = fit.frame;
  if (type === 'response' && design.auxiliary.some(({ role }) => role === 'thresholds')) {
    throw new OptionError("ordered categories have no mean on the response scale; use type 'link'");
  }
  if (droppedColumns.length > 0) {
    throw new OptionError(`not every marginal mean can be estimated: the data do not tell ${droppedColumns.join(', ')}; leave the terms with empty combinations of levels out of the formula`);
  }
  const p = design.fixedNames.length;
  if (vcov.length !== p) throw new OptionError(`vcov is ${vcov.length} × ${vcov[0]?.length ?? 0}; the model has ${p} fixed effects`);
  const grid = referenceGrid(fixedTerms, referenceValues, options.at);
  const chosen = choose(grid, specs);
  const { labels, rows } = gridAverages(grid, chosen, p);
  const residual = df === 'residual' ? design.nobs - p : Infinity;
  const family = familyOf(design);
  const offset = meanOffset(design);
  const quantile = adjustedQuantile(level, 'none', { means: 1, comparisons: 1, df: residual });

  const means = rows.map((row, i): EmmeanRow => {
    const { estimate, error } = combination(row, fit.params, vcov);
    const eta = estimate + offset;
    const limits = [eta - quantile * error, eta + quantile * error];
    const levels = Object.fromEntries(chosen.map((f, place) => [grid.factors[f]!.name, labels[i]![place]!]));
    if (type === 'link') return { levels, emmean: eta, std_error: error, conf_low: limits[0]!, conf_high: limits[1]! };
    // Inverse links may fall: 1/μ.
    const [low, high] = limits.map((limit) => family.mean(limit)).sort((a, b) => a - b);
    return { levels, emmean: family.mean(eta), std_error: Math.abs(family.meanDerivative(eta)) * error, conf_low: low!, conf_high: high! };
  });
  return {
    means, adjust, type, level, covariates: grid.covariates,
    averagedOver: grid.factors.filter((_, f) => !chosen.includes(f)).map(({ name }) => name),
    contrasts: contrasts === undefined ? null : differences(labels.map((own) => own.join(' ')), rows, fit.params, vcov, contrasts, adjust, level, residual),
  };
}

function choose({ factors, covariates }: ReferenceGrid, specs: readonly string[]): number[] {
  const names = factors.map(({ name }) => name);
  if (specs.length === 0) throw new OptionError(`name one or more factors of the fixed effects: ${names.join(', ') || 'the model has none'}`);
  return specs.map((name) => {
    const at = names.indexOf(name);
    if (Object.hasOwn(covariates, name)) throw new OptionError(`'${name}' holds numbers, so the model has one slope for it; type it factor (types, --types ${name}=factor) to have means of its values`);
    if (at === -1) throw new OptionError(`'${name}' is no factor of the fixed effects (${names.join(', ') || 'the model has none'})${closestName(name, names)}`);
    return at;
  });
}

function differences(
  labels: readonly string[], rows: readonly Float64Array[], params: Float64Array, vcov: readonly (readonly number[])[],
  kind: 'pairwise' | 'treatment', adjust: Adjustment, level: number, df: number,
): ContrastRow[] {
  const pairs = kind === 'pairwise'
    ? rows.flatMap((_, i) => rows.slice(i + 1).map((__, step) => [i, i + 1 + step] as const))
    : rows.slice(1).map((_, i) => [i + 1, 0] as const);
  const family = { means: rows.length, comparisons: pairs.length, df };
  const quantile = adjustedQuantile(level, adjust, family);
  const estimates = pairs.map(([a, b]) => combination(rows[a]!.map((value, j) => value - rows[b]![j]!), params, vcov));
  const p = adjustedPValues(estimates.map(({ estimate, error }) => estimate / error), adjust, family);
  return pairs.map(([a, b], i) => {
    const { estimate, error } = estimates[i]!;
    return {
      contrast: `${labels[a]!} - ${labels[b]!}`, estimate, std_error: error, statistic: estimate / error, p_value: p[i]!,
      conf_low: estimate - quantile * error, conf_high: estimate + quantile * error,
    };
  });
}
