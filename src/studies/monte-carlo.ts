/** How much a number made from replicates would change with other replicates. */
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';

const BLOCKS = 20;

/**
 * Standard error of a function of independent replicates by the jackknife over twenty blocks (Shao & Wu 1989: deleting blocks rather than
 * single values makes it right for quantiles as well). NaN for fewer than forty replicates, or where the function has no value.
 */
export function blockJackknife(replicates: Float64Array, statistic: (kept: Float64Array) => number): number {
  const n = replicates.length;
  if (n < 2 * BLOCKS) return NaN;
  const values = Array.from({ length: BLOCKS }, (_, block) => {
    const from = Math.floor((block * n) / BLOCKS);
    const to = Math.floor(((block + 1) * n) / BLOCKS);
    const kept = new Float64Array(n - (to - from));
    kept.set(replicates.subarray(0, from));
    kept.set(replicates.subarray(to), from);
    return statistic(kept);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / BLOCKS;
  return Math.sqrt(((BLOCKS - 1) / BLOCKS) * values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
}

/**
 * Exact confidence interval of a probability of which `successes` of `trials` were seen (Clopper & Pearson 1934).
 * @param level confidence level, e.g. 0.95
 */
export function binomialInterval(successes: number, trials: number, level: number): [number, number] {
  const tail = (1 - level) / 2;
  return [
    successes === 0 ? 0 : betaQuantile(tail, successes, trials - successes + 1),
    successes === trials ? 1 : betaQuantile(1 - tail, successes + 1, trials - successes),
  ];
}
