/** `glmm()` and the fitted model. */
import { checkArgument, checkOptionNames, checkText } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import { familyOf, resolveFamily } from '../families/registry.js';
import { auxiliaryFormulas } from '../formula/auxiliary.js';
import { buildModelFrame } from '../formula/build-model-frame.js';
import { withMissingRows } from '../formula/missing-rows.js';
import { updateFormula } from '../formula/update-formula.js';
import type { ModelFrame } from '../formula/model-frame.js';
import { type AnovaOptions, type AnovaRow, anova } from '../inference/anova.js';
import { type CoefTest, type CoefTestOptions, type Contrast, coefTest } from '../inference/coef-test.js';
import { type CompareOptions, type Comparison, compare } from '../inference/compare.js';
import { type ConfintOptions, type ConfintRow, confint } from '../inference/confint.js';
import { type DiagnoseOptions, type Diagnosis, diagnose } from '../inference/diagnose.js';
import { type Drop1Row, drop1 } from '../inference/drop1.js';
import { type Emmeans, type EmmeansOptions, emmeans } from '../inference/emmeans.js';
import { type MultiStart, type MultiStartOptions, multiStart } from '../inference/multi-start.js';
import { type Profile, type ProfileOptions, profile } from '../inference/profile.js';
import { type RobustOptions, type RobustVcov, robustVcov } from '../inference/robust.js';
import { covarianceOf } from '../model/covariance.js';
import { type Design, hasTwoPredictors, isLinearMixed, parameterLayout } from '../model/design.js';
import { randomEffects } from '../model/random-effects.js';
import { STATUS, STATUS_NAMES, type StatusName, isConverged } from '../model/status.js';
import { MAX_NODES } from '../numerics/gauss-hermite.js';
import { severalFactorsQuadrature } from '../objective/cpu.js';
import { hasOneFactor } from '../objective/one-factor.js';
import { type PredictOptions, type Prediction, predict } from '../prediction/predict.js';
import { type ResidualOptions, residuals } from '../prediction/residuals.js';
import { type SimulateOptions, simulateResponses } from '../prediction/simulate-responses.js';
import { type SummaryOptions, formatSummary } from '../report/format-summary.js';
import { type BootstrapOptions, bootstrap } from '../studies/bootstrap.js';
import { type TableInput, toTable } from '../table/from-values.js';
import { checkChoice, resolveControl } from './check-options.js';
import { hasLostThreshold, limitRemarks } from './auxiliary-limits.js';
import { auxiliaryTable, dispersionOf, fittedMeans, sigmaOf } from './auxiliary-tables.js';
import { coefficientTable } from './coefficient-table.js';
import type { FitSettings } from './fit-chunk.js';
import { LINEAR_ON_DEVICE, checkLinearOptions } from './linear-options.js';
import { objectiveSource } from './objective-source.js';
import { GLMM_OPTION_NAMES, type GlmmOptions, START_NAMES } from './options.js';
import { type SingleFit, fitSingle } from './single-fit.js';
import { isOnBoundary, thetaGeometry } from './theta-geometry.js';
import type { Bootstrap, FitJson, FixedEffect, RanefRow, VarianceComponent } from './types.js';

/**
 * Fits a generalized linear mixed model by maximum likelihood, gaussian models by restricted maximum likelihood unless `REML` is false.
 *
 * @param formula lme4's language: `cbind(successes, failures) ~ x + (1 + x | g)`.
 * @param data a `Table`, an array of row objects, or an object of columns.
 * @throws FormulaError, DataError or OptionError (all GlmmError), each naming what is wrong and the remedy.
 *
 * @example
 * const fit = await glmm('cbind(incidence, size - incidence) ~ period + (1 | herd)', cbpp, { family: 'binomial' });
 * console.log(String(fit.summary()));
 */
export async function glmm(formula: string, data: TableInput, options: GlmmOptions): Promise<GlmmFit> {
  const { frame, settings } = prepareModel(formula, data, options);
  return fitFrame(frame, frame.response, options, settings);
}

/** What `glmm` does before it fits: data and options checked, model frame and settings made. @throws as `glmm`. */
export function prepareModel(formula: string, data: TableInput, options: GlmmOptions): { readonly frame: ModelFrame; readonly settings: FitSettings } {
  checkOptionNames(options, GLMM_OPTION_NAMES, 'glmm');
  if (options.start !== undefined) checkOptionNames(options.start, START_NAMES, 'start');
  if (options.dataName !== undefined) checkText('glmm', options.dataName, 'dataName');
  const { family, link } = resolveFamily(options.family, options.link);
  // Before the data are looked at: the mistake is in the options.
  if (family !== 'gaussian') checkLinearOptions(false, options);
  const { weights, offset, subset, contrasts, covariancePattern, dispformula, dispersion, ziformula, threshold, naAction } = options;
  const frame = buildModelFrame(formula, toTable(data), {
    family, link,
    ...(weights === undefined ? {} : { weights }),
    ...(offset === undefined ? {} : { offset }),
    ...(subset === undefined ? {} : { subset }),
    ...(contrasts === undefined ? {} : { contrasts }),
    ...(covariancePattern === undefined ? {} : { covariancePattern }),
    ...(dispformula === undefined ? {} : { dispformula }),
    ...(dispersion === undefined ? {} : { dispersion }),
    ...(ziformula === undefined ? {} : { ziformula }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(naAction === undefined ? {} : { naAction }),
  });
  const settings = fitSettings(options, frame.design);
  checkRandomPart(frame.design, settings);
  if (isLinearMixed(frame.design) && options.backend === 'webgpu') throw new OptionError(LINEAR_ON_DEVICE);
  return { frame, settings };
}

async function fitFrame(frame: ModelFrame, response: Float64Array, options: GlmmOptions, settings: FitSettings): Promise<GlmmFit> {
  const source = objectiveSource(options.backend ?? 'auto');
  const fit = await fitSingle(frame.design, response, settings, options, source);
  // A fit may be refitted long after: what went with one run is no part of the model.
  const { signal: _signal, onEvaluation: _onEvaluation, ...own } = options;
  return new GlmmFit(frame, response, own, settings, fit);
}

function fitSettings(options: GlmmOptions, design: Design): FitSettings {
  const nAGQ = options.nAGQ ?? 1;
  if (!Number.isInteger(nAGQ) || nAGQ < 0 || nAGQ > MAX_NODES) {
    throw new OptionError(`nAGQ = ${nAGQ} is not an integer from 0 to ${MAX_NODES}`);
  }
  if (options.information !== undefined) checkChoice('information', options.information, ['observed', 'expected']);
  if (options.standardErrors !== undefined) checkChoice('standardErrors', options.standardErrors, ['hessian', 'wls']);
  if (options.information === 'expected' && !familyOf(design).fisherInformation) {
    throw new OptionError(`the expected information of family ${design.family}${design.auxiliary.some(({ role }) => role === 'zi') ? ' with zero inflation' : ''} has no closed form; use information 'observed'`);
  }
  return {
    integration: { nAGQ, information: options.information ?? 'observed' },
    control: resolveControl(options.control),
    // With nAGQ = 0 the fixed effects do not maximise the likelihood: its Hessian says nothing of them.
    standardErrors: nAGQ === 0 ? 'wls' : (options.standardErrors ?? 'hessian'),
    ...checkLinearOptions(isLinearMixed(design), options),
    ...pseudoOf(options, design),
  };
}

function pseudoOf({ fitMethod, nAGQ, backend }: GlmmOptions, design: Design): { readonly pseudo?: 'MPL' | 'REMPL' } {
  if (fitMethod === undefined || fitMethod === 'likelihood') return {};
  if (!(['MPL', 'REMPL'] as readonly string[]).includes(fitMethod)) throw new OptionError(`unknown fitMethod '${String(fitMethod)}'; use likelihood, MPL or REMPL`);
  if (isLinearMixed(design)) throw new OptionError(`${fitMethod} is for families other than gaussian; use REML`);
  if (nAGQ !== undefined && nAGQ !== 1) throw new OptionError(`${fitMethod} integrates nothing numerically; leave nAGQ out`);
  if (backend === 'webgpu') throw new OptionError(`${fitMethod} runs in float64; use backend 'cpu' or 'auto'`);
  return { pseudo: fitMethod };
}

function checkRandomPart(design: Design, settings: FitSettings): void {
  const { nAGQ } = settings.integration;
  if (nAGQ > 1 && !hasOneFactor(design)) throw new OptionError(severalFactorsQuadrature(design, nAGQ));
}

/** Summary of a fitted model: `String(summary)` is the text lme4's users know. */
export interface Summary extends FitJson {
  toString(): string;
}

/** A fitted model. Arrays are copies or must not be changed. */
export class GlmmFit {
  /** Formula side of the model: design, response, dropped rows and columns, factor levels. */
  readonly frame: ModelFrame;
  /** The response this fit was made from: n numbers, successes for binomial. */
  readonly response: Float64Array;
  readonly options: GlmmOptions;
  readonly settings: FitSettings;
  /** Estimates (β, θ, γ) with γ the coefficients of dispersion, zero inflation or thresholds; for linear mixed models (β, θ, σ). */
  readonly params: Float64Array;
  /** k × k inverse Hessian of −logLik without gaps: the first metric of refits. */
  readonly metric: Float64Array;
  readonly logLik: number;
  /** Number of estimated parameters. */
  readonly df: number;
  readonly nobs: number;
  readonly status: StatusName;
  readonly #fit: SingleFit;

  /** Made by `glmm` and `refit`. */
  constructor(frame: ModelFrame, response: Float64Array, options: GlmmOptions, settings: FitSettings, fit: SingleFit) {
    this.frame = frame;
    this.response = response;
    this.options = options;
    this.settings = settings;
    this.params = fit.params;
    this.metric = fit.metric;
    this.logLik = fit.logLik;
    this.df = fit.params.length;
    this.nobs = frame.design.nobs;
    this.status = STATUS_NAMES[fit.status]!;
    this.#fit = fit;
  }

  get design(): Design {
    return this.frame.design;
  }

  /** Fixed effects by name. */
  get fixef(): Record<string, number> {
    return Object.fromEntries(this.design.fixedNames.map((name, j) => [name, this.params[j]!]));
  }

  /** θ: entries of the terms' Cholesky factors, column by column, on the link scale. */
  get theta(): Float64Array {
    const { nFixed, nTheta } = parameterLayout(this.design);
    return this.params.slice(nFixed, nFixed + nTheta);
  }

  /** `sigma()` as glmmTMB has it: the residual standard deviation where the family has a scale, else the dispersion parameter; 1 without one. */
  get sigma(): number {
    return sigmaOf(this.design, this.params);
  }

  /** The dispersion parameter where it is one number: see `dispersionOf`. */
  get dispersion(): number | null {
    return dispersionOf(this.design, this.params);
  }

  /** Coefficients of the zero-inflation model (logit of the probability of an excess zero), or null. */
  get zi(): FixedEffect[] | null {
    return auxiliaryTable(this, 'zi');
  }

  /** Coefficients of the dispersion model on its logarithmic scale, or null. */
  get disp(): FixedEffect[] | null {
    return auxiliaryTable(this, 'dispersion');
  }

  /** Threshold coefficients of an ordered response, or null. */
  get thresholds(): FixedEffect[] | null {
    return auxiliaryTable(this, 'thresholds');
  }

  /** Everything the optimiser left, as plain data. */
  get solution(): SingleFit {
    return this.#fit;
  }

  /** Spherical conditional modes u (b = Λu), in the layout of `effectPlaces`. */
  get modes(): Float64Array {
    return this.#fit.modes;
  }

  /** Covariance matrix of all parameters, k × k; NaN where an estimate has no standard error. */
  get covariance(): Float64Array {
    return this.#fit.covariance;
  }

  /** Covariance matrix of the fixed effects. */
  get vcov(): number[][] {
    const p = this.design.fixedNames.length;
    const k = this.df;
    return Array.from({ length: p }, (_, i) => Array.from(this.#fit.covariance.subarray(i * k, i * k + p)));
  }

  /** Standard deviations and correlations of the random effects, one entry per term. */
  get VarCorr(): VarianceComponent[] {
    return covarianceOf(this.design, this.params);
  }

  /** Conditional modes of the random effects, one list per grouping factor, levels in order. */
  get ranef(): Record<string, RanefRow[]> {
    const modes = randomEffects(this.design, this.params, this.#fit.modes);
    const groups = new Map<string, Record<string, number | string>[]>();
    this.design.random.forEach((term, t) => {
      const q = term.names.length;
      const rows = groups.get(term.group) ?? term.levels.map((level) => ({ level }));
      groups.set(term.group, rows);
      rows.forEach((row, level) => {
        for (let r = 0; r < q; r++) {
          // A column may have any name, `__proto__` too.
          Object.defineProperty(row, term.names[r]!, { value: modes[t]![level * q + r]!, enumerable: true, configurable: true, writable: true });
        }
      });
    });
    return Object.fromEntries(groups);
  }

  /** Means at the conditional modes, one per row: probabilities for binomial. */
  get fitted(): Float64Array {
    return withMissingRows(this.frame, fittedMeans(this.design, this.params, this.#fit.modes, this.response));
  }

  /** −2 logLik, as the AIC table of lme4's summary and MATLAB print it. */
  get deviance(): number {
    return -2 * this.logLik;
  }

  get AIC(): number {
    return this.deviance + 2 * this.df;
  }

  /** Counts rows of the model frame as observations. */
  get BIC(): number {
    return this.deviance + Math.log(this.nobs) * this.df;
  }

  get converged(): boolean {
    return isConverged(STATUS[this.status]);
  }

  /** Whether some variance (the residual one included) is zero or some correlation ±1. */
  get singular(): boolean {
    const geometry = thetaGeometry(this.design);
    const { theta } = this;
    return (this.status === 'boundary' && this.design.auxiliary.length === 0) || geometry.some((_, t) => isOnBoundary(geometry, theta, t));
  }

  /** What a reader of the results should know, one sentence each. */
  get warnings(): string[] {
    const sentences = [...this.frame.notes];
    if (this.singular) {
      sentences.push('the fit is singular: a variance is estimated as zero or a correlation as ±1; consider a simpler random part');
    }
    sentences.push(...limitRemarks(this.design, this.params));
    if (this.settings.pseudo !== undefined) {
      sentences.push(`${this.settings.pseudo}: log-likelihood, AIC and BIC are those of the last working response and compare no models; estimates are biased for small counts and binary responses`);
    }
    const remark = STATUS_REMARKS[this.status];
    if (remark !== undefined) sentences.push(remark);
    if (!this.converged && hasTwoPredictors(this.design)) sentences.push(SEVERAL_MODES);
    if (this.settings.standardErrors === 'hessian' && hasLostThreshold(this.design, this.#fit.covariance)) sentences.push(SEPARATED_CATEGORIES);
    if (this.vcov.some((row) => row.some((value) => !Number.isFinite(value)))) {
      sentences.push('no standard errors: the information matrix at the estimates is not positive definite');
    } else if (this.settings.standardErrors === 'hessian' && this.#thetaUndetermined()) {
      sentences.push('the information matrix is not positive definite: standard errors are those given the estimated variances');
    }
    return sentences;
  }

  /** Whether some θ inside its range has no standard error. */
  #thetaUndetermined(): boolean {
    const { nFixed } = parameterLayout(this.design);
    const k = Math.sqrt(this.#fit.covariance.length);
    const geometry = thetaGeometry(this.design);
    const { theta } = this;
    return geometry.some((_, t) => !isOnBoundary(geometry, theta, t) && !Number.isFinite(this.#fit.covariance[(nFixed + t) * (k + 1)]!));
  }

  /**
   * Wald table of the fixed effects.
   * @param level confidence level, 0.5 … 0.9999, default 0.95.
   * @param df degrees of freedom of t statistics, e.g. n − p; without them the statistics are z
   */
  coefficients(level = 0.95, df = Infinity): FixedEffect[] {
    return coefficientTable(this.design.fixedNames, this.params, this.vcov, level, df);
  }

  /** Everything about the fit as plain data: the object the CLI writes with `--json`. */
  toJSON(): FitJson {
    const { nAGQ } = this.settings.integration;
    const linear = isLinearMixed(this.design);
    const REML = linear ? (this.settings.REML ?? true) : null;
    return {
      formula: this.frame.formula,
      family: this.design.family,
      link: this.design.link,
      ...auxiliaryFormulas(this.frame),
      method: this.settings.pseudo !== undefined ? (this.settings.pseudo === 'MPL' ? 'mpl' : 'rempl') : REML !== null ? (REML ? 'reml' : 'ml') : nAGQ === 0 ? 'nagq0' : nAGQ === 1 ? 'laplace' : 'agq',
      nAGQ,
      REML,
      nobs: this.nobs,
      groups: Object.fromEntries(this.design.random.map((term) => [term.group, term.levels.length])),
      fixed: this.coefficients(),
      vcov: this.vcov,
      random: this.VarCorr,
      dispersion: this.dispersion,
      zi: this.zi,
      disp: this.disp,
      thresholds: this.thresholds,
      logLik: this.logLik,
      AIC: this.AIC,
      BIC: this.BIC,
      deviance: this.deviance,
      df: this.df,
      ranef: this.ranef,
      converged: this.converged,
      status: this.status,
      singular: this.singular,
      gradient_norm: Math.hypot(...this.#fit.gradient),
      evaluations: this.#fit.evaluations,
      backend: this.#fit.backend,
      warnings: this.warnings,
    };
  }

  summary(options: SummaryOptions = {}): Summary {
    const json = this.toJSON();
    const { dataName } = this.options;
    return Object.defineProperty(json, 'toString', { value: () => formatSummary(json, { ...dataName === undefined ? {} : { dataName }, ...options }) });
  }

  /** Responses drawn from the model, on its own rows or on new ones: see `simulateResponses`. */
  simulate(options: SimulateOptions): Float64Array[] {
    return simulateResponses(this, options);
  }

  /**
   * The same model fitted to another response, started from this fit.
   * @param y n numbers in the order of the model frame's rows; binomial: successes.
   * @param options `weights`: other prior weights, n numbers (lme4's `newweights`)
   * @throws DataError for a wrong length or a value the family does not allow; OptionError for weights that are not positive numbers.
   */
  async refit(y: ArrayLike<number>, options: { readonly weights?: ArrayLike<number> } = {}): Promise<GlmmFit> {
    checkOptionNames(options, { weights: true }, 'refit');
    checkArgument('refit', y, ['length'], 'a response, one number per row', 'fit.response is the one of the fit');
    const { design } = this.frame;
    if (y.length !== design.nobs) {
      throw new DataError(`the new response has ${y.length} values, the model was fitted to ${design.nobs} rows; give one value per row`);
    }
    const response = Float64Array.from(y);
    const family = familyOf(design);
    response.forEach((value, i) => {
      const problem = this.frame.categories !== null && value > this.frame.categories.length ? `the last category is ${this.frame.categories.length}`
        : Number.isFinite(value) ? family.invalid(value, design.trials?.[i] ?? 1) : 'responses are finite numbers';
      if (problem !== null) throw new DataError(`value ${i + 1} of the new response is ${value}; ${problem}`, { row: i + 1 });
    });
    const { nFixed } = parameterLayout(design);
    const start = { fixef: this.params.subarray(0, nFixed), theta: this.theta, ...(isLinearMixed(design) ? { sigma: this.sigma } : {}) };
    if (options.weights === undefined) return fitFrame(this.frame, response, { ...this.options, start }, this.settings);
    const weights = Float64Array.from(options.weights);
    if (weights.length !== design.nobs || !weights.every((weight) => weight > 0 && weight < Infinity)) {
      throw new OptionError(`weights of a refit are ${design.nobs} positive numbers, one per row of the fit`);
    }
    return fitFrame({ ...this.frame, design: { ...design, weights } }, response, { ...this.options, start }, this.settings);
  }

  /**
   * The model fitted anew to data with some things changed, as R's `update`.
   * @param data the table: a fitted model does not keep the one it was fitted to
   * @param changes options of `glmm`, and `formula`: in it `.` stands for what the formula had on that side
   * @throws as `glmm`.
   *
   * @example
   * const without = await fit.update(cbpp, { formula: '. ~ . - period' });
   */
  async update(data: TableInput, changes: Partial<GlmmOptions> & { readonly formula?: string } = {}): Promise<GlmmFit> {
    const { formula, ...options } = changes;
    const { start: _, ...own } = this.options;
    const { formula: before } = this.frame;
    return glmm(formula === undefined ? before : updateFormula(before, formula), data, { ...own, ...options });
  }

  /** Predictions on the rows of the fit or on new ones: see `predict`. */
  predict(options: PredictOptions = {}): Prediction {
    const prediction = predict(this, options);
    if (options.data !== undefined) return prediction;
    const { fit, standardErrors, low, high } = prediction;
    const fill = (values: Float64Array | null): Float64Array | null => (values === null ? null : withMissingRows(this.frame, values));
    return { ...prediction, fit: withMissingRows(this.frame, fit), standardErrors: fill(standardErrors), low: fill(low), high: fill(high) };
  }

  /** Residuals: see `residuals`. */
  residuals(options: ResidualOptions = {}): Float64Array {
    return withMissingRows(this.frame, residuals(this, options));
  }

  /** Likelihood-ratio tests, AIC and BIC beside other fits of the same data: see `compare`. */
  compare(others: GlmmFit | readonly GlmmFit[], options: CompareOptions = {}): Promise<Comparison> {
    return compare([this, others].flat(), options);
  }

  /** The model without each of its terms: see `drop1`. */
  drop1(options: { readonly signal?: AbortSignal } = {}): Promise<Drop1Row[]> {
    return drop1(this, options);
  }

  /** Wald tests of the terms of the fixed effects: see `anova`. */
  anova(options: AnovaOptions = {}): AnovaRow[] {
    return anova(this, options);
  }

  /** Wald test of linear hypotheses about fixed and random effects: see `coefTest`. */
  coefTest(contrast?: Contrast, options: CoefTestOptions = {}): CoefTest {
    return coefTest(this, contrast, options);
  }

  /** Confidence intervals of all parameters: see `confint`. */
  confint(options: ConfintOptions = {}): Promise<ConfintRow[]> {
    return confint(this, options);
  }

  /** Profile likelihoods: see `profile`. */
  profile(options: ProfileOptions = {}): Promise<Profile> {
    return profile(this, options);
  }

  /** Estimated marginal means: see `emmeans`. */
  emmeans(specs: readonly string[], options: EmmeansOptions = {}): Emmeans {
    return emmeans(this, specs, options);
  }

  /** Cluster-robust covariance of the fixed effects: see `robustVcov`. */
  robustVcov(options: RobustOptions = {}): Promise<RobustVcov> {
    return robustVcov(this, options);
  }

  /** The model fitted from many starts: see `multiStart`. */
  multiStart(options: MultiStartOptions = {}): Promise<MultiStart> {
    return multiStart(this, options);
  }

  /** What may be wrong with the fit, and what to do: see `diagnose`. */
  diagnose(options: DiagnoseOptions = {}): Promise<Diagnosis> {
    return diagnose(this, options);
  }

  /** Parametric bootstrap: see `bootstrap`. */
  bootstrap(options: BootstrapOptions): Promise<Bootstrap> {
    return bootstrap(this, options);
  }
}

const SEPARATED_CATEGORIES =
  'some threshold has no finite estimate: a category is empty, or a predictor separates the categories and its coefficient has no finite estimate either; join categories or leave the predictor out';

/** An integrand that is not log-concave: where two of its modes meet, its curvature is zero and the approximation infinite. */
const SEVERAL_MODES =
  'random effects of the zero inflation can make the Laplace approximation lose its maximum, because excess zeros and small means explain the same zeros; leave them out of ziformula';

const STATUS_REMARKS: Partial<Record<StatusName, string>> = {
  separated:
    'complete or quasi-complete separation: a predictor (or the grouping) predicts the response perfectly and its coefficient has no finite estimate',
  maxEvaluations: 'not converged: the evaluation limit was reached; raise it (control.maxEvaluations, --max-evaluations) or rescale the predictors',
  lineSearch: 'not converged: no step improves the likelihood although its gradient is not small; rescale the predictors or simplify the model',
  nonFinite: 'not fitted: the likelihood is not finite at the starting values; give start values inside the domain of the link',
};
