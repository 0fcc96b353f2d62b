/** Fitted models side by side: likelihood-ratio tests, AIC and BIC. */
import { checkArgument, checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { auxiliaryFormulas } from '../formula/auxiliary.js';
import type { ModelFrame } from '../formula/model-frame.js';
import { isLinearMixed } from '../model/design.js';
import { STATUS } from '../model/status.js';
import { chisqTail } from '../numerics/tails.js';
import { type FittedModel, byMaximumLikelihood, checkLikelihood } from '../studies/fitted-model.js';
import { STUDY_RUN_OPTIONS, type StudyRunOptions } from '../studies/run-study.js';
import { chibarTail } from '../studies/lrt-p-values.js';
import { type LrtPair, isBelow, lrtPair, observedStatistic } from '../studies/lrt-pair.js';
import { simulatedLrt } from '../studies/simulated-lrt.js';

/** What a comparison needs of a fitted model; `GlmmFit` is one. */
export interface ComparedModel extends FittedModel {
  readonly frame: FittedModel['frame'] & Pick<ModelFrame, 'formula' | 'responseName' | 'rows' | 'auxiliaryTerms'>;
}

/** Which tests a comparison makes, and where simulated ones are fitted. */
export interface CompareOptions extends StudyRunOptions {
  /** Whether models that are not nested are refused (default). Otherwise they are listed without a test. */
  readonly checkNesting?: boolean;
  /**
   * Gaussian models fitted by REML are fitted again by maximum likelihood (default). Without that their criteria are compared as they are, which
   * means something only where the fixed effects are the same.
   */
  readonly refit?: boolean;
  /** Simulates the null distribution of each test with so many replicates. */
  readonly nsim?: number;
  /** Seed of the simulation, default 1. */
  readonly seed?: number;
}

/** One model; the test columns compare it with the row before and are null in the first. */
export interface ComparisonRow {
  /** With the formulas of zero inflation and dispersion, where there are some. */
  readonly formula: string;
  /** Number of parameters. */
  readonly npar: number;
  readonly AIC: number;
  readonly BIC: number;
  readonly logLik: number;
  /** −2 logLik. */
  readonly deviance: number;
  /** 2 (logLik − logLik of the smaller model); of a fit from the smaller model's estimates where the model was found below it, NaN where that has no end. */
  readonly chisq: number | null;
  readonly df: number | null;
  /** From χ²(df). */
  readonly p_value: number | null;
  /**
   * From the mixture of χ² distributions, where standard deviations are among the added parameters, which are zero in the smaller model: see `chibarTail`. Null where
   * there are none, or the mixture is not known (two of them with their covariance, structured terms).
   */
  readonly p_chibar: number | null;
  /** From the simulated null distribution, where one was asked for. */
  readonly p_simulated: number | null;
}

/** Models side by side. */
export interface Comparison {
  readonly rows: readonly ComparisonRow[];
  /** Whether the log-likelihoods are restricted ones. */
  readonly REML: boolean;
  readonly notes: readonly string[];
}

const OPTION_NAMES = { checkNesting: true, refit: true, nsim: true, seed: true, ...STUDY_RUN_OPTIONS } as const satisfies Record<keyof CompareOptions, true>;

/**
 * Compares models of the same data, smallest first.
 * @throws OptionError for fewer than two models, pseudo-likelihood fits, other data, simulation of REML criteria, or models that are not nested (unless `checkNesting` is false).
 *
 * @example
 * const { rows } = await compare([withoutPeriod, withPeriod]);
 */
export async function compare(models: readonly ComparedModel[], options: CompareOptions = {}): Promise<Comparison> {
  checkArgument('compare', models, ['length'], 'a list of fitted models', 'for example [smaller, larger]');
  for (const model of models) checkFit('compare', model);
  checkOptionNames(options, OPTION_NAMES, 'compare');
  const { checkNesting = true, refit = true, nsim, seed = 1, ...fitting } = options;
  if (models.length < 2) throw new OptionError('a comparison needs two or more models');
  for (const { settings } of models) checkLikelihood(settings);
  checkSameRows(models);
  const notes: string[] = [];
  const restricted = models.map(isRestricted);
  if (restricted.includes(true) && (refit || restricted.includes(false))) notes.push('models fitted by REML were fitted again by maximum likelihood');
  const REML = !refit && restricted.every(Boolean);
  if (REML) checkSameFixedEffects(models);
  if (REML && nsim !== undefined) throw new OptionError('simulation compares fits by maximum likelihood, not REML criteria; leave out nsim, or leave refit on');
  const used = REML ? models : await Promise.all(models.map(async (model): Promise<ComparedModel> => ({ ...await byMaximumLikelihood(model), frame: model.frame })));
  const sorted = [...used].sort((a, b) => a.params.length - b.params.length);
  if (new Set(models.map(({ frame: { design } }) => `${design.family} ${design.link}`)).size > 1) notes.push('the models differ in family or link: AIC and BIC compare them only as densities of the same response');

  const rows: ComparisonRow[] = [];
  for (const [i, model] of sorted.entries()) {
    const smaller = sorted[i - 1];
    if (model.status !== undefined && STATUS[model.status] > STATUS.boundary) {
      notes.push(`model ${i + 1} ${model.status === 'separated' ? 'is separated: its log-likelihood is near its bound, its estimates are not finite' : `did not converge (${model.status}): its tests and criteria are not those of a maximum`}`);
    }
    const test = smaller === undefined ? NO_TEST : await testOf(smaller, model, REML, checkNesting);
    if (test.chisq !== null && isBelow(model, smaller!)) {
      notes.push(`model ${i + 1} was found ${(smaller!.logLik - model.logLik).toPrecision(2)} below model ${i} in log-likelihood, so not at its maximum: ${Number.isNaN(test.chisq) ? 'there is no test' : 'the test is of a fit from the estimates of the smaller'}; fit it again from other starts (multiStart)`);
    }
    if (test.p_chibar !== null && test.variances > 1) {
      notes.push(`p_chibar of model ${i + 1} weighs χ² distributions for ${test.variances} standard deviations at zero${test.variances > 2 ? ' as if their estimates were uncorrelated' : ', by the correlation of their estimates'}; nsim simulates instead`);
    }
    const simulated = smaller === undefined || test.chisq === null || nsim === undefined ? null : await simulatedLrt(smaller, model, { ...fitting, nsim, seed });
    const { variances: _, ...columns } = test;
    rows.push({ ...criteria(model), ...columns, p_simulated: simulated?.rows[0]?.p_value ?? null });
  }
  return { rows, REML, notes };
}

const isRestricted = ({ frame: { design }, settings }: ComparedModel): boolean => isLinearMixed(design) && settings.REML !== false;

function checkSameRows([first, ...others]: readonly ComparedModel[]): void {
  for (const { frame, response } of others) {
    const { rows, formula, responseName } = first!.frame;
    const different = (): OptionError => new OptionError(`'${formula}' and '${frame.formula}' have different responses; give all models the same`);
    if (frame.rows.length !== rows.length || frame.rows.some((row, i) => row !== rows[i])) {
      if (frame.responseName !== responseName) throw different();
      throw new OptionError(`'${formula}' uses ${rows.length} rows, '${frame.formula}' ${frame.rows.length === rows.length ? 'others' : frame.rows.length}: a variable has missing values; leave those rows out of all models`);
    }
    if (response.some((value, i) => value !== first!.response[i])) throw different();
  }
}

function checkSameFixedEffects([first, ...others]: readonly ComparedModel[]): void {
  const { x } = first!.frame.design;
  for (const { frame } of others) {
    if (frame.design.x.length === x.length && frame.design.x.every((value, at) => value === x[at])) continue;
    throw new OptionError(`REML criteria of '${first!.frame.formula}' and '${frame.formula}' cannot be compared: their fixed effects differ; leave refit on, or fit by maximum likelihood (REML: false)`);
  }
}

function criteria({ frame, params, logLik }: ComparedModel): Pick<ComparisonRow, 'formula' | 'npar' | 'AIC' | 'BIC' | 'logLik' | 'deviance'> {
  const npar = params.length;
  const deviance = -2 * logLik;
  const { ziformula, dispformula } = auxiliaryFormulas(frame);
  const formula = `${frame.formula}${ziformula === null ? '' : `, zero inflation ${ziformula}`}${dispformula === null ? '' : `, dispersion ${dispformula}`}`;
  return { formula, npar, AIC: deviance + 2 * npar, BIC: deviance + Math.log(frame.design.nobs) * npar, logLik, deviance };
}

interface Test extends Pick<ComparisonRow, 'chisq' | 'df' | 'p_value' | 'p_chibar'> {
  /** Standard deviations among the added parameters. */
  readonly variances: number;
}

const NO_TEST: Test = { chisq: null, df: null, p_value: null, p_chibar: null, variances: 0 };

async function testOf(smaller: ComparedModel, larger: ComparedModel, REML: boolean, checkNesting: boolean): Promise<Test> {
  let pair: LrtPair;
  try {
    pair = await lrtPair(smaller, larger);
  } catch (error) {
    if (checkNesting || !(error instanceof OptionError)) throw error;
    return NO_TEST;
  }
  const { df, variances, otherwiseFree, variancePlaces } = pair.nesting;
  const [low, high] = REML ? [smaller, larger] : [pair.smaller, pair.larger];
  const chisq = await observedStatistic({ smaller: low, larger: high, nesting: pair.nesting });
  return { chisq, df, variances, p_value: chisqTail(chisq, df), p_chibar: otherwiseFree && variances > 0 && variancePlaces !== null ? chibarTail(chisq, df, variances, correlationOf(high, variancePlaces)) : null };
}

/** Of two estimates; 0 for other numbers of them, and where one lies on the boundary and has no covariance. */
function correlationOf({ metric, params }: FittedModel, places: readonly number[]): number {
  const [i, j] = places;
  if (places.length !== 2 || i === undefined || j === undefined) return 0;
  const k = params.length;
  return metric[i * k + j]! / Math.sqrt(metric[i * k + i]! * metric[j * k + j]!);
}
