/**
 * Profile likelihood: for values ψ of one parameter the highest log-likelihood L_p(ψ) over all others, as ζ(ψ) = sign(ψ − ψ̂) √(2 (L̂ − L_p(ψ))),
 * which is a straight line where the Wald interval is right (Bates & Watts 1988, ch. 6).
 *
 * All values of all parameters are one batch, started from where the Hessian says that the constrained maxima lie; where a curve bends so that
 * its ends do not reach the wanted ζ, further batches go on from there. At every point dL_p/dψ is the gradient of the held parameter, so that
 * ζ has exact slopes and few points suffice.
 */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { checkLevel } from '../fit/confidence-level.js';
import { type FittedModel, byMaximumLikelihood, checkLikelihood } from '../studies/fitted-model.js';
import { type Fitter, curvature, fitTrials, logLikAt, standardError } from './profile-fit.js';
import { type ProfileParameter, chooseParameters, profileParameters, profileValues, reorderDesign, reorderParameters } from './profile-parameters.js';
import { type Point, type Side, longestStep, nextTrials } from './profile-walk.js';

/** Which parameters are profiled, how far and how finely. */
export interface ProfileOptions {
  /** Names of the parameters; default all. */
  readonly parameters?: readonly string[];
  /** Largest confidence level the curves are to serve, 0.5 … 0.9999; default 0.99. */
  readonly level?: number;
  /** Points on each side of the estimate that the level is divided into; default 8. */
  readonly points?: number;
  readonly signal?: AbortSignal;
}

/** The curve of one parameter, points in increasing order, the estimate among them. */
export interface ProfileCurve {
  /** `period2`, `sd_(Intercept)|herd`, `cor_Days.(Intercept)|Subject`, `sigma`. */
  readonly parameter: string;
  /** Maximum-likelihood estimate. */
  readonly estimate: number;
  readonly value: Float64Array;
  readonly zeta: Float64Array;
  /** dζ/dψ. */
  readonly slope: Float64Array;
  readonly logLik: Float64Array;
  /** Range of the parameter. */
  readonly range: readonly [low: number, high: number];
  /** Points that were tried and have no maximum: not converged or outside the domain of the link. */
  readonly failed: number;
}

/** Profile likelihoods of parameters. */
export interface Profile {
  readonly curves: readonly ProfileCurve[];
  /** Log-likelihood at the estimates. */
  readonly logLik: number;
  /** Constrained models that were fitted. */
  readonly nModels: number;
  readonly evaluations: number;
  /** What the reader should know, one sentence each. */
  readonly notes: readonly string[];
}

const DEFAULT_LEVEL = 0.99;
const DEFAULT_POINTS = 8;
/** Batches that go on where a curve bends. */
const MAX_ROUNDS = 20;
/** ζ beyond the level: the interpolation has a point on both sides of the limit. */
const MARGIN = 1.05;
/** Rise of the log-likelihood above the estimate that is no rounding. */
const HIGHER = 1e-6;
/** Points of a design fitted at once, so that memory is bounded. */
const BATCH = 256;

const OPTION_NAMES = { parameters: true, level: true, points: true, signal: true } as const satisfies Record<keyof ProfileOptions, true>;

/**
 * Profiles a fitted model. Gaussian models fitted by REML are profiled by maximum likelihood, as in lme4.
 * @throws OptionError for unknown parameters, impossible levels, a pseudo-likelihood fit, or one with nAGQ = 0 (its fixed effects do not maximise the likelihood); the signal's reason when aborted.
 */
export async function profile(fit: FittedModel, options: ProfileOptions = {}): Promise<Profile> {
  checkFit('profile', fit);
  checkOptionNames(options, OPTION_NAMES, 'profile');
  const { level = DEFAULT_LEVEL, points = DEFAULT_POINTS, signal } = options;
  checkLevel(level);
  if (!Number.isSafeInteger(points) || points < 2) throw new OptionError(`points must be an integer of at least 2, not ${points}`);
  if (fit.settings.integration.nAGQ === 0) throw new OptionError('with nAGQ = 0 the fixed effects do not maximise the likelihood; fit with nAGQ = 1 or more to profile it');
  checkLikelihood(fit.settings);
  const fitted = await byMaximumLikelihood(fit);
  const { design } = fitted.frame;
  // What the constrained maxima are compared with is computed as they are, also where a device made the fit.
  const model = { ...fitted, logLik: await logLikAt(fitted) };
  const wanted = chooseParameters(design, options.parameters);
  const estimates = new Map(profileParameters(design).map(({ name }, j) => [name, profileValues(design, model.params)[j]!]));
  const notes: string[] = [];
  const undefinedOnes = wanted.filter(({ name }) => Number.isNaN(estimates.get(name)));
  if (undefinedOnes.length > 0) notes.push(`no profile of ${undefinedOnes.map(({ name }) => name).join(', ')}: a standard deviation is estimated as zero`);

  const byOrder = new Map<string, ProfileParameter[]>();
  for (const parameter of wanted) {
    if (undefinedOnes.includes(parameter)) continue;
    const key = JSON.stringify(parameter.order);
    byOrder.set(key, [...(byOrder.get(key) ?? []), parameter]);
  }
  const curves = new Map<string, ProfileCurve>();
  const target = MARGIN * normalQuantile(0.5 + level / 2, 0, 1);
  let nModels = 0;
  let evaluations = 0;
  for (const parameters of byOrder.values()) {
    const run = await profileTogether(model, parameters, parameters.map(({ name }) => estimates.get(name)!), target, points, signal);
    run.curves.forEach((curve) => curves.set(curve.parameter, curve));
    nModels += run.nModels;
    evaluations += run.evaluations;
  }
  const ordered = wanted.flatMap(({ name }) => curves.get(name) ?? []);
  const higher = ordered.filter(({ logLik }) => logLik.some((value) => value > model.logLik + HIGHER));
  if (higher.length > 0) notes.push(`the likelihood is higher than at the estimates along ${higher.map(({ parameter }) => parameter).join(', ')}: the fit is not the maximum; fit again from other starts (multiStart)`);
  const short = ordered.filter(({ failed }) => failed > 0);
  if (short.length > 0) notes.push(`the profile of ${short.map(({ parameter }) => parameter).join(', ')} ends early: further out the search for the other parameters has no end`);
  return { curves: ordered, logLik: model.logLik, nModels, evaluations, notes };
}

/** Parameters that are coordinates of the same reordered design. */
async function profileTogether(
  model: FittedModel, parameters: readonly ProfileParameter[], estimates: readonly number[], target: number, points: number, signal: AbortSignal | undefined,
): Promise<{ curves: ProfileCurve[]; nModels: number; evaluations: number }> {
  const { order } = parameters[0]!;
  const design = reorderDesign(model.frame.design, order);
  const params = reorderParameters(model.frame.design, order, model.params);
  const fitter: Fitter = { model, design, curvature: await curvature(model, design, params), signal };
  const sides = parameters.flatMap((parameter, j): Side[] => {
    const at: Point = { value: estimates[j]!, zeta: 0, slope: 1 / standardError(fitter, parameter, params, estimates[j]!), logLik: model.logLik, params };
    return ([-1, 1] as const).map((sign): Side => ({ parameter, sign, longest: longestStep(design, parameter), points: [at], failed: 0, ended: at.value === parameter.range[sign === 1 ? 1 : 0] }));
  });
  let nModels = 0;
  let evaluations = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const trials = sides.filter(({ ended }) => !ended).flatMap((side) => nextTrials(side, target, target / points, fitter.curvature.covariance));
    if (trials.length === 0) break;
    for (let from = 0; from < trials.length; from += BATCH) evaluations += await fitTrials(fitter, trials.slice(from, from + BATCH));
    nModels += trials.length;
    for (const side of sides) side.ended ||= Math.abs(side.points.at(-1)!.zeta) >= target || side.points.at(-1)!.value === side.parameter.range[side.sign === 1 ? 1 : 0];
  }
  return {
    nModels, evaluations,
    curves: parameters.map((parameter, j) => curveOf(parameter, estimates[j]!, sides[2 * j]!, sides[2 * j + 1]!)),
  };
}

function curveOf(parameter: ProfileParameter, estimate: number, below: Side, above: Side): ProfileCurve {
  const points = [...below.points.slice(1).reverse(), ...above.points];
  const column = (pick: (point: Point) => number): Float64Array => Float64Array.from(points, pick);
  return {
    parameter: parameter.name, estimate, range: parameter.range, failed: below.failed + above.failed,
    value: column((point) => point.value), zeta: column((point) => point.zeta), slope: column((point) => point.slope), logLik: column((point) => point.logLik),
  };
}
