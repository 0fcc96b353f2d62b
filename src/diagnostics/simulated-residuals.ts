/**
 * Quantile residuals by simulation: where each response lies among responses that the fitted model draws for its row. Under the right model
 * they are uniform, whatever the family (Dunn & Smyth 1996, J. Comput. Graph. Stat. 5; by simulation as in the DHARMa package).
 */
import { checkFit, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import type { GlmmFit } from '../fit/glmm.js';
import { STREAM, UniformStream } from '../random/stream.js';

/** Responses that residuals are compared with. */
export interface SimulatedResidualOptions {
  /** Responses drawn, default 250. */
  readonly nsim?: number;
  /** Seed of the draws and of the ranks of ties, default 1. */
  readonly seed?: number;
  /** Random effects kept at their modes; default false: new ones, which tests the whole model. */
  readonly conditional?: boolean;
}

/** Quantile residuals by simulation, and the draws they come from. */
export interface SimulatedResiduals {
  /** n numbers in (0, 1). */
  readonly residuals: Float64Array;
  /** Responses of the fit. */
  readonly observed: Float64Array;
  /** nsim draws of n responses. */
  readonly draws: readonly Float64Array[];
  /** Rows whose response lies beyond every draw. */
  readonly outside: Int32Array;
}

const OPTION_NAMES = { nsim: true, seed: true, conditional: true } as const satisfies Record<keyof SimulatedResidualOptions, true>;

/** @throws OptionError for fewer than 20 draws. */
export function simulatedResiduals(fit: GlmmFit, options: SimulatedResidualOptions = {}): SimulatedResiduals {
  checkFit('simulatedResiduals', fit);
  checkOptionNames(options, OPTION_NAMES, 'simulatedResiduals');
  const { nsim = 250, seed = 1, conditional = false } = options;
  if (!Number.isSafeInteger(nsim) || nsim < 20) throw new OptionError(`nsim = ${nsim} is too few; quantile residuals need 20 draws or more`);
  const draws = fit.simulate({ nsim, seed, conditional });
  const observed = fit.response;
  // Ties are broken at random by streams that no draw uses: replicates after the last one.
  const uniforms = new UniformStream();
  uniforms.reset(seed, nsim, STREAM.observations);
  const outside: number[] = [];
  const residuals = observed.map((y, i) => {
    let below = 0;
    let equal = 0;
    for (const draw of draws) {
      if (draw[i]! < y) below++;
      else if (draw[i] === y) equal++;
    }
    if (equal === 0 && (below === 0 || below === nsim)) outside.push(i);
    // The response takes a random place among the draws equal to it.
    return (below + uniforms.next() * (equal + 1)) / (nsim + 1);
  });
  return { residuals, observed, draws, outside: Int32Array.from(outside) };
}
