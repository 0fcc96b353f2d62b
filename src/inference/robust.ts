/**
 * Sandwich covariance of the fixed effects from the scores of clusters (White 1982; Liang & Zeger 1986): right although the model within
 * clusters is not, as long as there are many clusters.
 */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { checkChoice } from '../fit/check-options.js';
import { type Design, isLinearMixed, parameterLayout } from '../model/design.js';
import { linearPredictor } from '../model/linear-predictor.js';
import { createCpuObjective } from '../objective/cpu.js';
import { checkLikelihood } from '../studies/fitted-model.js';
import type { EstimatedModel } from './confint.js';

/** The clusters and kind of a sandwich. */
export interface RobustOptions {
  /** Name of a grouping factor of the model, or one label per row; default the coarsest grouping factor. Every level of every grouping factor must lie in one cluster. */
  readonly cluster?: string | ArrayLike<number | string>;
  /** `CR0` (default): B M B with the inverse information B and M = Σ s s'; `CR1`: that times G / (G − 1). */
  readonly type?: 'CR0' | 'CR1';
}

/** A cluster-robust covariance of the fixed effects. */
export interface RobustVcov {
  /** p × p. */
  readonly vcov: number[][];
  /** Square roots of its diagonal. */
  readonly std_error: number[];
  /** Number of clusters. */
  readonly clusters: number;
  readonly type: 'CR0' | 'CR1';
}

/** What a sandwich needs of a fitted model; `GlmmFit` is one. */
export interface RobustModel extends EstimatedModel {
  /** Spherical conditional modes. */
  readonly modes: Float64Array;
}

const OPTION_NAMES = { cluster: true, type: true } as const satisfies Record<keyof RobustOptions, true>;

/**
 * Cluster-robust covariance of the fixed effects.
 *
 * The score s of a cluster is the exact gradient of its own log-likelihood. For families without a closed likelihood scores and information are those of
 * all parameters (β, θ, …) and the fixed effects' block is reported. For gaussian models s = X'V⁻¹(y − Xβ̂) and B = (X'V⁻¹X)⁻¹ at the estimated
 * variances, the definition of CR0 and CR1 in clubSandwich (Pustejovsky & Tipton 2018).
 * @throws OptionError for a pseudo-likelihood fit (its scores at the estimates do not add up to zero) or one with nAGQ = 0, an unknown factor, clusters that cut through a level of a grouping factor, fewer than two clusters, or a fit without standard errors.
 */
export async function robustVcov(fit: RobustModel, options: RobustOptions = {}): Promise<RobustVcov> {
  checkFit('robustVcov', fit);
  checkOptionNames(options, OPTION_NAMES, 'robustVcov');
  const { type = 'CR0' } = options;
  checkChoice('type', type, ['CR0', 'CR1']);
  checkLikelihood(fit.settings);
  const { design } = fit.frame;
  const { codes, count } = clustersOf(design, options.cluster);
  const { nFixed: p, nParams } = parameterLayout(design);
  const linear = isLinearMixed(design);
  const k = linear ? p : nParams;
  const scores = linear ? linearScores(fit, codes, count) : await clusterScores(fit, codes, count);
  const bread = Float64Array.from({ length: k * k }, (_, at) => fit.covariance[Math.floor(at / k) * nParams + (at % k)]!);
  if (!Array.from({ length: p }, (_, j) => bread[j * k + j]!).every(Number.isFinite)) throw new OptionError('the fit has no standard errors: its information matrix is not positive definite; a sandwich needs one');
  // Parameters on the boundary have no information: the others are conditional on them.
  for (let at = 0; at < bread.length; at++) if (!Number.isFinite(bread[at]!)) bread[at] = 0;
  const factor = type === 'CR1' ? count / (count - 1) : 1;
  const influence = new Float64Array(count * p);
  for (let c = 0; c < count; c++) for (let i = 0; i < p; i++) for (let j = 0; j < k; j++) influence[c * p + i]! += bread[i * k + j]! * scores[c * k + j]!;
  const vcov = Array.from({ length: p }, (_, i) => Array.from({ length: p }, (_, j) => {
    let sum = 0;
    for (let c = 0; c < count; c++) sum += influence[c * p + i]! * influence[c * p + j]!;
    return factor * sum;
  }));
  return { vcov, std_error: vcov.map((row, j) => Math.sqrt(row[j]!)), clusters: count, type };
}

interface Clusters {
  readonly codes: Int32Array;
  readonly count: number;
}

function clustersOf(design: Design, cluster: RobustOptions['cluster']): Clusters {
  const found = typeof cluster === 'object' ? labelCodes(cluster, design.nobs) : factorCodes(design, cluster);
  if (found.count < 2) throw new OptionError('a sandwich needs two or more clusters; name a grouping factor with more levels');
  for (const { group, index, levels } of design.random) {
    const home = new Int32Array(levels.length).fill(-1);
    index.forEach((level, i) => {
      if (home[level] === -1) home[level] = found.codes[i]!;
      if (home[level] !== found.codes[i]) {
        throw new OptionError(`level '${levels[level]!}' of '${group}' lies in several clusters, so that clusters are not independent; use a coarser factor that contains whole levels of ${[...new Set(design.random.map((term) => term.group))].join(', ')}`);
      }
    });
  }
  return found;
}

function factorCodes({ random }: Design, name: string | undefined): Clusters {
  const coarsest = [...random].sort((a, b) => a.levels.length - b.levels.length)[0]!;
  const term = name === undefined ? coarsest : random.find(({ group }) => group === name);
  if (term === undefined) throw new OptionError(`'${name}' is no grouping factor of the model (${[...new Set(random.map(({ group }) => group))].join(', ')}); give one label per row for other clusters`);
  return { codes: term.index, count: term.levels.length };
}

function labelCodes(labels: ArrayLike<number | string>, nobs: number): Clusters {
  if (labels.length !== nobs) throw new OptionError(`cluster has ${labels.length} labels; the model uses ${nobs} rows`);
  const seen = new Map<number | string, number>();
  const codes = Int32Array.from({ length: nobs }, (_, i) => {
    const label = labels[i]!;
    if (!seen.has(label)) seen.set(label, seen.size);
    return seen.get(label)!;
  });
  return { codes, count: seen.size };
}

/** Clusters whose scores are computed at once. */
const BATCH = 64;

/** Gradients of the clusters' log-likelihoods at the estimates, clusters × k: the model with all other rows at weight zero. */
async function clusterScores({ frame: { design }, response, params, settings }: RobustModel, codes: Int32Array, count: number): Promise<Float64Array> {
  if (settings.integration.nAGQ === 0) throw new OptionError('with nAGQ = 0 the fixed effects do not maximise the likelihood and its scores do not add up to zero; fit with nAGQ = 1 or more');
  const { nobs } = design;
  const { nParams: k } = parameterLayout(design);
  const scores = new Float64Array(count * k);
  const objective = createCpuObjective(design, settings.integration, { capacity: BATCH });
  for (let from = 0; from < count; from += BATCH) {
    const size = Math.min(BATCH, count - from);
    const weights = new Float64Array(size * nobs);
    const responses = new Float64Array(size * nobs);
    const points = new Float64Array(size * k);
    for (let c = 0; c < size; c++) {
      responses.set(response, c * nobs);
      points.set(params, c * k);
      for (let i = 0; i < nobs; i++) if (codes[i] === from + c) weights[c * nobs + i] = design.weights?.[i] ?? 1;
    }
    await objective.load({ nModels: size, response: responses, weights }, 0, size);
    await objective.evaluate({
      count: size, models: Int32Array.from({ length: size }, (_, c) => c), params: points, value: new Float64Array(size),
      gradient: scores.subarray(from * k, (from + size) * k), keepModes: false,
    });
  }
  objective.dispose();
  return scores;
}

/** X'V⁻¹(y − Xβ̂) of each cluster, clusters × p: V⁻¹(y − Xβ̂) are the weighted residuals at the conditional modes over σ². */
function linearScores({ frame: { design }, response, params, modes }: RobustModel, codes: Int32Array, count: number): Float64Array {
  const p = design.fixedNames.length;
  const variance = params.at(-1)! ** 2;
  const eta = linearPredictor(design, params, modes);
  const scores = new Float64Array(count * p);
  codes.forEach((cluster, i) => {
    const residual = ((design.weights?.[i] ?? 1) * (response[i]! - eta[i]!)) / variance;
    for (let j = 0; j < p; j++) scores[cluster * p + j]! += residual * design.x[i * p + j]!;
  });
  return scores;
}
