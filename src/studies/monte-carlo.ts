/** How much numbers made from replicates would change with other replicates. */
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';

const BLOCKS = 20;

/**
 * Standard errors of functions of independent replicates by the jackknife over twenty blocks (Shao & Wu 1989: leaving out blocks rather
 * than single values makes it right for quantiles as well). NaN for fewer than forty replicates, or where a function has no value.
 * @param statistics values of the functions; it gets replicates in ascending order
 */
export function blockJackknife(replicates: Float64Array, statistics: (sorted: Float64Array) => readonly number[]): number[] {
  const n = replicates.length;
  if (n < 2 * BLOCKS) return statistics(replicates.slice().sort()).map(() => NaN);
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => replicates[a]! - replicates[b]!);
  const values = Array.from({ length: BLOCKS }, (_, block) => {
    const from = Math.floor((block * n) / BLOCKS);
    const to = Math.floor(((block + 1) * n) / BLOCKS);
    const kept = new Float64Array(n - (to - from));
    let at = 0;
    for (const i of order) if (i < from || i >= to) kept[at++] = replicates[i]!;
    return statistics(kept);
  });
  return values[0]!.map((_, j) => {
    const mean = values.reduce((sum, row) => sum + row[j]!, 0) / BLOCKS;
    return Math.sqrt(((BLOCKS - 1) / BLOCKS) * values.reduce((sum, row) => sum + (row[j]! - mean) ** 2, 0));
  });
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
