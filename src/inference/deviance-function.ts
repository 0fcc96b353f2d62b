/** The likelihood of a model that is not fitted, for optimisers and pictures of the caller's own. */
import { OptionError } from '../errors.js';
import { prepareModel } from '../fit/glmm.js';
import type { GlmmOptions } from '../fit/options.js';
import { parameterNames } from '../fit/parameter-names.js';
import type { TableInput } from '../table/from-values.js';
import { likelihoodSurface } from './profile-surface.js';

/** −2 log-likelihood as a function of all parameters. */
export interface DevianceFunction {
  /** Names of the parameters in their order: fixed effects, θ, auxiliary coefficients, of linear mixed models σ. */
  readonly names: readonly string[];
  /**
   * Value and derivatives at one point; NaN where the likelihood does not exist.
   * @throws OptionError for a wrong number of parameters.
   */
  readonly at: (params: ArrayLike<number>) => Promise<{ readonly deviance: number; readonly logLik: number; readonly gradient: Float64Array }>;
}

/**
 * The function that `glmm` minimises, as lme4's `devFunOnly`: Laplace or quadrature as `nAGQ` says (0 as 1), exact derivatives. Linear mixed models: the
 * likelihood, not the REML criterion.
 *
 * @throws as `glmm`; OptionError for pseudo-likelihood methods.
 *
 * @example
 * const { names, at } = await devianceFunction('y ~ x + (1 | g)', data, { family: 'poisson' });
 * const { deviance, gradient } = await at([0, 0.5, 1]);
 */
export async function devianceFunction(formula: string, data: TableInput, options: GlmmOptions): Promise<DevianceFunction> {
  const { frame: { design, response }, settings } = prepareModel(formula, data, options);
  if (settings.pseudo !== undefined) throw new OptionError(`${settings.pseudo} maximises no likelihood; leave fitMethod out`);
  const names = parameterNames(design);
  const surface = await likelihoodSurface(design, response, settings.integration, 1);
  return {
    names,
    async at(params) {
      if (params.length !== names.length) throw new OptionError(`the deviance function takes ${names.length} parameters (${names.join(', ')}), not ${params.length}`);
      const value = new Float64Array(1);
      const slope = new Float64Array(names.length);
      await surface.evaluate({ count: 1, models: new Int32Array(1), params: Float64Array.from(params), value, gradient: slope, keepModes: true });
      return { deviance: -2 * value[0]!, logLik: value[0]!, gradient: slope.map((rise) => -2 * rise) };
    },
  };
}
