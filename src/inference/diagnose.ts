/** What may be wrong with a fit, in words, and what to do about it. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { familyOf } from '../families/registry.js';
import { withAuxiliary } from '../fit/auxiliary-start.js';
import type { FitSettings } from '../fit/fit-chunk.js';
import { glmData } from '../fit/starting-point.js';
import { isOnBoundary, thetaGeometry } from '../fit/theta-geometry.js';
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { type Design, type RandomTerm, parameterLayout } from '../model/design.js';
import type { StatusName } from '../model/status.js';
import { separationDirection } from '../optimize/separation.js';
import type { EstimatedModel } from './confint.js';
import { type QuadratureCheck, quadratureCheck, quadratureObstacle } from './quadrature-check.js';

export type FindingTopic = 'convergence' | 'curvature' | 'singular' | 'separation' | 'scale' | 'groups' | 'approximation';

/** What one check of a fit found. */
export interface Finding {
  readonly topic: FindingTopic;
  /** `fine`: checked, nothing found; `remark`: worth knowing; `problem`: results should not be used as they are. */
  readonly severity: 'fine' | 'remark' | 'problem';
  /** One sentence. */
  readonly message: string;
  /** What to do, one sentence; null where nothing needs doing. */
  readonly advice: string | null;
}

/** What checks of a fit found. */
export interface Diagnosis {
  readonly findings: readonly Finding[];
  /** Fits with more nodes, where they were made. */
  readonly quadrature: QuadratureCheck | null;
}

/** What a diagnosis needs of a fitted model; `GlmmFit` is one. */
export interface DiagnosedModel extends EstimatedModel {
  readonly settings: FitSettings;
  readonly status: StatusName;
  readonly solution: { readonly gradient: Float64Array; readonly decrement: number };
}

/** Which checks are made. */
export interface DiagnoseOptions {
  /** Whether the model is fitted again with more nodes (default). */
  readonly quadrature?: boolean;
  readonly signal?: AbortSignal;
}

const OPTION_NAMES = { quadrature: true, signal: true } as const satisfies Record<keyof DiagnoseOptions, true>;

/** Checks a fit: convergence, curvature, singular covariances, separation, scales of predictors, numbers of groups, and the approximation of the integral. */
export async function diagnose(fit: DiagnosedModel, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  checkFit('diagnose', fit);
  checkOptionNames(options, OPTION_NAMES, 'diagnose');
  const check = options.quadrature !== false && quadratureObstacle(fit) === null && fit.status !== 'nonFinite' && fit.status !== 'separated';
  const quadrature = check ? await quadratureCheck(fit, options.signal) : null;
  return {
    quadrature,
    findings: [convergence(fit), curvature(fit), ...singularity(fit), ...separation(fit), ...scales(fit.frame.design), ...groups(fit.frame.design), ...approximation(fit, quadrature)],
  };
}

const fine = (topic: FindingTopic, message: string): Finding => ({ topic, severity: 'fine', message, advice: null });
const remark = (topic: FindingTopic, message: string, advice: string): Finding => ({ topic, severity: 'remark', message, advice });
const problem = (topic: FindingTopic, message: string, advice: string): Finding => ({ topic, severity: 'problem', message, advice });

const list = (names: readonly string[]): string => (names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', '));

/** Distance from the maximum, in standard errors, that nobody sees in a result. */
const NEGLIGIBLE_DISTANCE = 1e-3;

function convergence({ status, solution: { gradient, decrement } }: DiagnosedModel): Finding {
  const distance = Math.sqrt(2 * Math.max(0, decrement));
  const where = `the gradient has length ${Math.hypot(...gradient).toExponential(1)}, the maximum is about ${distance.toExponential(1)} standard errors away`;
  if (status === 'converged' || status === 'boundary') {
    if (distance < NEGLIGIBLE_DISTANCE) return fine('convergence', `converged: ${where}`);
    return remark('convergence', `converged, but ${where}`, 'lower control.tolerance');
  }
  if (status === 'separated') return problem('convergence', 'some coefficients have no finite estimate', 'see separation below');
  return problem('convergence', `not converged (${status}): ${where}`, 'rescale the predictors, simplify the random part, or allow more evaluations (control.maxEvaluations, --max-evaluations); fits from other starts (multiStart, --starts) tell whether they end elsewhere');
}

/** Correlation of two estimates from which on the data hardly tell them apart. */
const COLLINEAR = 0.98;

function curvature({ frame: { design }, covariance, params }: DiagnosedModel): Finding {
  const k = params.length;
  const { fixedNames } = design;
  const without = fixedNames.filter((_, j) => !(covariance[j * k + j]! > 0));
  if (without.length > 0) {
    return problem('curvature', `the information matrix is not positive definite: no standard errors of ${list(without)}`, 'leave out predictors that the data cannot tell apart, or simplify the random part');
  }
  const pairs = fixedNames.flatMap((first, i) => fixedNames.slice(0, i).flatMap((second, j) => {
    const correlation = covariance[i * k + j]! / Math.sqrt(covariance[i * k + i]! * covariance[j * k + j]!);
    return Math.abs(correlation) > COLLINEAR ? [`${second} and ${first} (${correlation.toFixed(3)})`] : [];
  }));
  if (pairs.length === 0) return fine('curvature', 'the information matrix is positive definite');
  return remark('curvature', `estimates are almost completely correlated: ${list(pairs)}`, 'centre the predictors, or leave one of each pair out');
}

function singularity({ frame: { design }, params }: DiagnosedModel): Finding[] {
  const { nFixed, nTheta } = parameterLayout(design);
  const geometry = thetaGeometry(design);
  const theta = params.subarray(nFixed, nFixed + nTheta);
  const thetas = thetaByTerm(design, params);
  const found = design.random.flatMap((term, t) => {
    if (!geometry.some((entry, j) => entry.term === t && isOnBoundary(geometry, theta, j))) return [];
    return singularDirections(term, termFactor(term, thetas[t]!));
  });
  if (found.length === 0) return [fine('singular', 'every variance is above zero and every correlation inside ±1')];
  return found.map((message) => remark('singular', message, 'the maximum lies there, which is a valid estimate; a random part without this effect fits as well'));
}

/** Effects of a term that do not vary, or vary with the effects before them in a fixed proportion: rows of Λ that follow from earlier ones. */
function singularDirections({ names, group }: RandomTerm, factor: Float64Array): string[] {
  const q = names.length;
  return names.flatMap((name, row) => {
    if (factor[row * q + row] !== 0) return [];
    const left = factor.slice(row * q, row * q + row);
    const weights = new Float64Array(row);
    for (let c = row - 1; c >= 0; c--) {
      const pivot = factor[c * q + c]!;
      weights[c] = pivot === 0 ? 0 : left[c]! / pivot;
      for (let before = 0; before < c; before++) left[before]! -= weights[c]! * factor[c * q + before]!;
    }
    const parts = names.slice(0, row).flatMap((own, c) => (weights[c] === 0 ? [] : [`${weights[c]!.toPrecision(3)} × ${own}`]));
    if (parts.length === 0) return [`the variance of ${name} between levels of ${group} is estimated as zero`];
    return [`the effects of ${name} on levels of ${group} follow exactly from the others: ${name} = ${parts.join(' + ')}`];
  });
}

/** Share of the largest contribution to a separating direction above which a predictor is named. */
const CONTRIBUTES = 0.05;

function separation({ frame: { design }, response, params, status }: DiagnosedModel): Finding[] {
  if (status !== 'separated') return [];
  const { nFixed: p, nTheta } = parameterLayout(design);
  const data = withAuxiliary(design, glmData(design, { nModels: 1, response }, 0), params.subarray(p + nTheta));
  const direction = separationDirection(familyOf(design), data);
  const advice = 'merge levels, leave the predictor out, or use a method that penalises the likelihood; profile intervals show how far the data reach';
  if (direction === null) {
    return [problem('separation', `every level of ${design.random[0]!.group} has successes only or failures only`, 'the standard deviation of the random effects has no finite estimate: group more coarsely or collect more data per level')];
  }
  const { nobs, x } = data;
  const reach = design.fixedNames.map((_, j) => {
    let largest = 0;
    for (let i = 0; i < nobs; i++) largest = Math.max(largest, Math.abs(direction[j]! * x[i * p + j]!));
    return largest;
  });
  const most = Math.max(...reach);
  const names = design.fixedNames.flatMap((name, j) => (reach[j]! > CONTRIBUTES * most ? [`${name} (towards ${direction[j]! > 0 ? '+' : '−'}∞)`] : []));
  return [problem('separation', `a combination of predictors tells the response without error: ${list(names)}`, advice)];
}

/** Ratio of standard deviations of predictors from which on they are on different scales. */
const DIFFERENT_SCALES = 1e3;

function scales({ fixedNames, x, nobs }: Design): Finding[] {
  const p = fixedNames.length;
  const spreads = fixedNames.flatMap((name, j) => {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < nobs; i++) {
      sum += x[i * p + j]!;
      squares += x[i * p + j]! ** 2;
    }
    const sd = Math.sqrt(Math.max(0, squares / nobs - (sum / nobs) ** 2));
    return sd > 0 ? [{ name, sd }] : [];
  }).sort((a, b) => a.sd - b.sd);
  const [smallest, largest] = [spreads[0], spreads.at(-1)];
  if (smallest === undefined || largest!.sd < DIFFERENT_SCALES * smallest.sd) return [];
  return [remark('scale', `predictors are on very different scales: ${smallest.name} has standard deviation ${smallest.sd.toPrecision(2)}, ${largest!.name} ${largest!.sd.toPrecision(2)}`, `rescale them, e.g. with scale(${largest!.name})`)];
}

/** Fewer levels than this say next to nothing about a variance, fewer than the second number little. */
const FEW_LEVELS = [5, 10] as const;

function groups({ random }: Design): Finding[] {
  const few = [...new Map(random.map(({ group, levels }) => [group, levels.length]))].filter(([, levels]) => levels < FEW_LEVELS[1]);
  if (few.length === 0) return [fine('groups', 'every grouping factor has ten levels or more')];
  return few.map(([group, levels]) => remark(
    'groups', `${group} has only ${levels} levels: its variance is poorly determined and estimated too small by maximum likelihood`,
    levels < FEW_LEVELS[0] ? `make ${group} a fixed effect` : 'use profile or bootstrap intervals rather than Wald ones',
  ));
}

/** Binary or nearly binary responses: fewer trials per level than this make the integrand far from normal. */
const SMALL_CLUSTER = 10;

function approximation(fit: DiagnosedModel, check: QuadratureCheck | null): Finding[] {
  const { frame: { design }, settings } = fit;
  const { nAGQ } = settings.integration;
  const obstacle = quadratureObstacle(fit);
  if (obstacle === 'exact') return [];
  if (obstacle === 'pseudo-likelihood') {
    return [remark('approximation', `${settings.pseudo!} maximises no likelihood, so that more nodes say nothing of it; it is biased for small counts and binary responses`, 'fit with the Laplace approximation (without fitMethod) and diagnose that fit')];
  }
  const small = trialsPerLevel(design);
  if (check === null) {
    if (nAGQ > 1 || small === null || small.trials >= SMALL_CLUSTER) return [];
    return [remark('approximation', `levels of ${small.group} have ${small.trials.toFixed(1)} trials on average: the Laplace approximation may bias variances`,
      obstacle === null ? 'compare with a fit with more nodes (nAGQ)' : 'quadrature needs one grouping factor and at most three effects: check by bootstrap whether the estimates are biased')];
  }
  const name = (nodes: number): string => (nodes === 0 ? 'the joint mode (nAGQ = 0)' : nodes === 1 ? 'the Laplace approximation' : `${nodes} nodes`);
  const { steps, sufficient } = check;
  if (sufficient === nAGQ) {
    return [fine('approximation', `${name(nAGQ)} suffices: with ${steps[0]!.to} nodes no fixed effect changes by more than ${steps[0]!.change.toPrecision(2)} standard errors, no standard deviation by more than ${(100 * steps[0]!.sdChange).toPrecision(2)} %`)];
  }
  const first = steps[0];
  if (first === undefined) return [];
  const changes = `with ${first.to} nodes ${first.parameter} changes by ${first.change.toPrecision(2)} standard errors and a standard deviation by ${(100 * first.sdChange).toPrecision(2)} %`;
  return [problem('approximation', `${name(nAGQ)} is too coarse: ${changes}`, sufficient === null ? `use as many nodes as you can (nAGQ = ${steps.at(-1)!.to} still changes the estimates)` : `fit with nAGQ = ${sufficient}`)];
}

/** Smallest average number of trials per level among the grouping factors of a binomial model. */
function trialsPerLevel({ family, trials, nobs, random }: Design): { group: string; trials: number } | null {
  if (family !== 'binomial') return null;
  const total = trials === null ? nobs : trials.reduce((sum, size) => sum + size, 0);
  const [finest] = [...random].sort((a, b) => b.levels.length - a.levels.length);
  return { group: finest!.group, trials: total / finest!.levels.length };
}
