/** Residuals of a fitted model. */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import type { GlmmFit } from '../fit/glmm.js';
import { isLinearMixed } from '../model/design.js';
import { linearPredictors } from '../model/linear-predictor.js';
import closestName from '../names.js';
import { slope } from '../numerics/slope.js';
import { leverages } from './leverage.js';

const TYPES = ['response', 'pearson', 'deviance', 'working', 'standardized'] as const;
/** Kinds of residuals; `ResidualOptions.type` defines them. */
export type ResidualType = (typeof TYPES)[number];

/** Which residuals. */
export interface ResidualOptions {
  /**
   * `response`: y − μ (of the proportion for binomial kinds); `pearson`: divided by the standard deviation of y; `deviance`: the signed root
   * of a row's deviance; `working`: (y − μ) dη/dμ, of the mean of the response where excess zeros or truncation move it; `standardized`: Pearson divided by √(1 − h), with h the row's leverage in the joint
   * weighted least squares of (β, u). Default `deviance`, as lme4 for families other than the gaussian.
   */
  readonly type?: ResidualType;
  /** From means at the conditional modes (default), or `marginal`: with random effects of zero. */
  readonly kind?: 'conditional' | 'marginal';
}

const OPTION_NAMES = { type: true, kind: true } as const satisfies Record<keyof ResidualOptions, true>;

/** n numbers; NaN where a distribution has no such residual (deviance residuals of families without a saturated model). @throws OptionError for unknown names. */
export function residuals(fit: GlmmFit, options: ResidualOptions = {}): Float64Array {
  checkFit('residuals', fit);
  checkOptionNames(options, OPTION_NAMES, 'residuals');
  const { type = 'deviance', kind = 'conditional' } = options;
  if (!TYPES.includes(type)) throw new OptionError(`unknown type '${String(type)}' of residuals; use ${TYPES.join(', ')}${closestName(String(type), TYPES)}`);
  if (kind !== 'conditional' && kind !== 'marginal') throw new OptionError(`unknown kind '${String(kind)}' of residuals; use conditional or marginal`);
  const { design, response } = fit;
  if (design.family === 'cumulative') throw new OptionError('residuals of an ordered response are not defined; look at the probabilities of its categories');
  const family = familyOf(design);
  const { eta, auxiliaryOf } = linearPredictors(fit, design, design.random.map(() => kind === 'conditional'));
  const leverage = type === 'standardized' ? leverages(fit) : null;
  const sigma = isLinearMixed(design) ? fit.sigma : 1;

  return eta.map((value, i) => {
    const trials = design.trials?.[i] ?? 1;
    const weight = design.weights?.[i] ?? 1;
    const y = response[i]! / (family.hasTrials ? trials : 1);
    const auxiliary = auxiliaryOf(i);
    const mean = family.responseMean(value, auxiliary);
    const rest = y - mean;
    if (type === 'response') return rest;
    if (type === 'working') return rest / (mean === family.mean(value) ? family.meanDerivative(value) : slope((own) => family.responseMean(own, auxiliary), value));
    if (type === 'deviance') return Math.sign(rest) * Math.sqrt(Math.max(0, family.devianceResidualSquared(response[i]!, family.mean(value), trials, weight, auxiliary)));
    const pearson = (rest * Math.sqrt(weight)) / (sigma * Math.sqrt(family.responseVariance(value, auxiliary, trials)));
    return leverage === null ? pearson : pearson / Math.sqrt(1 - leverage[i]!);
  });
}
