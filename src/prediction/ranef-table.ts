/** Conditional modes as a table: with standard errors, intervals and ranks. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { checkFit } from '../check-arguments.js';
import { checkLevel } from '../fit/confidence-level.js';
import type { GlmmFit } from '../fit/glmm.js';
import { randomEffects } from '../model/random-effects.js';
import { jointPrecision } from './joint-precision.js';

/** The conditional mode of one random effect. */
export interface RanefEntry {
  readonly group: string;
  readonly level: string;
  readonly term: string;
  /** Conditional mode. */
  readonly estimate: number;
  /** Conditional standard deviation given the data and the other parameters (lme4's `condVar`). */
  readonly std_error: number;
  readonly conf_low: number;
  readonly conf_high: number;
  /** 1 for the largest mode of its term. */
  readonly rank: number;
}

/** One entry per level and effect, in the order of terms, levels and effects. @param level of the intervals, 0.5 … 0.9999 */
export function ranefTable(fit: GlmmFit, level = 0.95): RanefEntry[] {
  checkFit('ranefTable', fit);
  checkLevel(level);
  const { design, params, modes } = fit;
  const z = normalQuantile(0.5 + level / 2, 0, 1);
  const precision = jointPrecision(fit);
  const modesOf = randomEffects(design, params, modes);
  return design.random.flatMap((term, t) => {
    const q = term.names.length;
    const effects = term.names.map((_, r) => term.levels.map((__, g) => modesOf[t]![g * q + r]!));
    const ranks = effects.map(descendingRanks);
    return term.levels.flatMap((name, g) => {
      const covariance = precision.levelCovariance(t, g);
      return term.names.map((column, r): RanefEntry => {
        const estimate = effects[r]![g]!;
        const error = Math.sqrt(covariance[r * q + r]!);
        return {
          group: term.group, level: name, term: column, estimate, std_error: error,
          conf_low: estimate - z * error, conf_high: estimate + z * error, rank: ranks[r]![g]!,
        };
      });
    });
  });
}

/** Ties share the rank of the first of them. */
function descendingRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]!);
  const ranks = new Array<number>(values.length);
  order.forEach((i, place) => {
    const before = order[place - 1];
    ranks[i] = before !== undefined && values[before] === values[i] ? ranks[before]! : place + 1;
  });
  return ranks;
}
