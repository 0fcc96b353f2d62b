/** Rejection rates, bias and coverage from the replicates of a study of power. */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { chisqTail, twoSided } from '../numerics/tails.js';
import type { BackendReport } from '../objective/backend.js';
import type { EffectDistribution } from './effect-distributions.js';
import { binomialInterval } from './monte-carlo.js';
import type { PowerPlan, PowerTest } from './power-plan.js';
import type { PowerReplicates } from './power-replicates.js';

/** One test in one cell. */
export interface PowerRow {
  readonly effect: number;
  /** Levels along, rows within; null where they are the data's. */
  readonly along: number | null;
  readonly within: number | null;
  readonly distribution: EffectDistribution;
  readonly test: PowerTest;
  readonly nsim: number;
  /** Replicates without the fits that the test needs; they count as not rejected. */
  readonly failed: number;
  /** Share of replicates in which the test rejects: power, or type-I error where the effect is 0. */
  readonly rejected: number;
  /** Exact 95 % interval of it. */
  readonly rejected_low: number;
  readonly rejected_high: number;
  /** Mean estimate minus true value, and its standard error; NaN where several coefficients are tested. */
  readonly bias: number;
  readonly bias_error: number;
  /** Share of Wald intervals that hold the true value, with exact 95 % interval. */
  readonly coverage: number;
  readonly coverage_low: number;
  readonly coverage_high: number;
}

/** Rejection rates, bias and coverage of every cell and test. */
export interface PowerStudy {
  readonly rows: readonly PowerRow[];
  readonly tested: readonly string[];
  readonly alpha: number;
  readonly seed: number;
  readonly seconds: number;
  readonly backend: BackendReport;
}

const CONFIDENCE = 0.95;

/** The rows of a cell, one per test. @param results the replicates of all cells; its own and those of its reference are used */
export function powerRows(plan: PowerPlan, cell: number, results: readonly Omit<PowerReplicates, 'backend'>[], alpha: number): PowerRow[] {
  const { effect, along, within, distribution, params, reference } = plan.cells[cell]!;
  const { estimate, standardError, statistic } = results[cell]!;
  const nsim = estimate.length;
  const null0 = reference === null ? new Float64Array(0) : results[reference]!.statistic.filter((value) => !Number.isNaN(value)).sort();
  const z = normalQuantile(1 - alpha / 2, 0, 1);
  const truth = plan.tested.length === 1 ? params[plan.tested[0]!]! : NaN;
  const errors = estimate.map((value) => value - truth).filter((value) => !Number.isNaN(value));
  const mean = errors.reduce((sum, value) => sum + value, 0) / errors.length;
  const spread = Math.sqrt(errors.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (errors.length - 1));
  const intervals = [...estimate.keys()].filter((i) => Number.isFinite(standardError[i]!));
  const held = intervals.filter((i) => Math.abs(estimate[i]! - truth) <= z * standardError[i]!).length;
  const [coverageLow, coverageHigh] = intervals.length === 0 ? [NaN, NaN] : binomialInterval(held, intervals.length, CONFIDENCE);
  return plan.tests.map((test): PowerRow => {
    const pOf = (i: number): number => {
      switch (test) {
        case 'z': return twoSided(estimate[i]! / standardError[i]!, Infinity);
        case 'lrt': return chisqTail(statistic[i]!, plan.tested.length);
        case 'simulatedLrt': return Number.isNaN(statistic[i]!) ? NaN : (1 + countFrom(null0, statistic[i]!)) / (1 + null0.length);
        default: return test satisfies never;
      }
    };
    let rejected = 0;
    let failed = 0;
    for (let i = 0; i < nsim; i++) {
      const p = pOf(i);
      if (Number.isNaN(p)) failed++;
      else if (p <= alpha) rejected++;
    }
    const [low, high] = binomialInterval(rejected, nsim, CONFIDENCE);
    return {
      effect, along, within, distribution, test, nsim, failed, rejected: rejected / nsim, rejected_low: low, rejected_high: high,
      bias: mean, bias_error: spread / Math.sqrt(errors.length),
      coverage: intervals.length === 0 ? NaN : held / intervals.length, coverage_low: coverageLow, coverage_high: coverageHigh,
    };
  });
}

/** Number of sorted values at or above a bound. */
function countFrom(sorted: Float64Array, bound: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return sorted.length - low;
}
