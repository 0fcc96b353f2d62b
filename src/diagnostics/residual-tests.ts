/** What simulated residuals say of a fitted model: is the distribution right, are there too many outliers, too much spread, too many zeros. */
import { checkArgument, checkFit } from '../check-arguments.js';
import type { GlmmFit } from '../fit/glmm.js';
import { chisqTail } from '../numerics/tails.js';
import { ranefTable } from '../prediction/ranef-table.js';
import { residuals as residualsOf } from '../prediction/residuals.js';
import { type TestResult, binomialTest, shapiroWilk, simulationTest, uniformityTest } from './goodness-tests.js';
import type { SimulatedResiduals } from './simulated-residuals.js';

/** One test of simulated residuals, with its meaning and advice. */
export interface ResidualTest extends TestResult {
  readonly test: 'uniformity' | 'outliers' | 'dispersion' | 'zero_inflation' | 'pearson_dispersion';
  /** What the statistic is, in words. */
  readonly meaning: string;
  /** What the result says and what to do, in one sentence. */
  readonly advice: string;
}

/** Whether the conditional modes of one random effect look normal. */
export interface ModeNormality {
  readonly group: string;
  readonly term: string;
  readonly levels: number;
  /** Shapiro–Wilk of the conditional modes; null for fewer than 4 or more than 5000 levels. */
  readonly result: TestResult | null;
}

/** Below this a test is worth a sentence of advice. */
export const ALARM = 0.05;

/** The tests that the family and the fit allow. */
export function residualTests(fit: GlmmFit, simulated: SimulatedResiduals): ResidualTest[] {
  checkFit('residualTests', fit);
  checkArgument('residualTests', simulated, ['residuals', 'draws'], 'simulated residuals', 'simulatedResiduals(fit) makes them');
  const { residuals, observed, draws, outside } = simulated;
  const { family, trials } = fit.design;
  const ofTrials = family === 'binomial' || family === 'betabinomial';
  // Whatever the model, the spread of zeros and ones follows from their mean, and so does the number of zeros.
  const binary = ofTrials && (trials === null || trials.every((size) => size === 1));
  const n = residuals.length;
  const tests: ResidualTest[] = [];
  const uniform = uniformityTest(residuals);
  tests.push({
    test: 'uniformity', ...uniform, meaning: 'Kolmogorov–Smirnov distance of the quantile residuals from uniformity',
    advice: uniform.p_value < ALARM
      ? 'the responses are not distributed as the model says; look at the quantile plot: an S shape means wrong dispersion, a bend a wrong mean or link'
      : 'no sign that the distribution is wrong',
  });

  const share = 2 / (draws.length + 1);
  const outliers = binomialTest(outside.length, n, share);
  tests.push({
    test: 'outliers', statistic: outside.length / n, p_value: outliers, meaning: `share of responses beyond every draw (${outside.length} of ${n}; ${(share * n).toFixed(1)} expected)`,
    advice: outliers < ALARM && outside.length > share * n
      ? `more responses lie beyond every draw than chance allows; look at rows ${listRows(fit, outside)}`
      : 'no more outliers than chance allows',
  });

  const spread = dispersionTest(observed, draws);
  if (!binary) tests.push({
    test: 'dispersion', ...spread, meaning: 'variance of the responses about the mean of the draws, relative to that of the draws',
    advice: spread.p_value >= ALARM ? 'the spread is what the model says'
      : spread.statistic > 1
        ? 'overdispersion: the responses vary more than the model allows; consider an observation-level random effect or a family with a dispersion parameter (nbinom2, betabinomial)'
        : 'underdispersion: the responses vary less than the model says; standard errors are too large',
  });

  const hasZeros = family !== 'gaussian' && !binary && (observed.some((y) => y === 0) || draws.some((draw) => draw.some((y) => y === 0)));
  if (hasZeros && family !== 'cumulative') {
    const drawn = draws.map(countZeros);
    const expected = drawn.reduce((sum, count) => sum + count, 0) / drawn.length;
    const own = countZeros(observed);
    const p_value = simulationTest(own, drawn);
    tests.push({
      test: 'zero_inflation', statistic: expected > 0 ? own / expected : Infinity, p_value, meaning: `zeros observed (${own}) relative to zeros expected (${expected.toFixed(1)})`,
      advice: p_value >= ALARM ? 'as many zeros as the model expects'
        : own > expected ? 'more zeros than the model expects; consider zero inflation or a family with more dispersion'
          : `fewer zeros than the model expects; consider ${ofTrials ? 'another link' : 'a truncated family (hurdle)'}`,
    });
  }

  if (family !== 'gaussian' && family !== 'cumulative' && !binary) {
    const squares = residualsOf(fit, { type: 'pearson' }).reduce((sum, r) => sum + r * r, 0);
    const df = fit.nobs - fit.df;
    const p_value = chisqTail(squares, df);
    tests.push({
      test: 'pearson_dispersion', statistic: squares / df, p_value, meaning: 'sum of squared Pearson residuals at the conditional modes over residual degrees of freedom',
      advice: p_value < ALARM ? 'overdispersion given the random effects; the simulated test above is the more reliable one for small counts' : 'no overdispersion given the random effects',
    });
  }
  // Separated fits draw one response only and have no spread: 0/0 is no verdict.
  return tests.filter(({ statistic }) => !Number.isNaN(statistic));
}

/** Number of zeros of a response. */
export function countZeros(values: Float64Array): number {
  return values.reduce((count, y) => count + (y === 0 ? 1 : 0), 0);
}

/** Σ(y − m)² of the responses against that of every draw, m the mean of the draws of each row. */
function dispersionTest(observed: Float64Array, draws: readonly Float64Array[]): TestResult {
  const means = observed.map((_, i) => draws.reduce((sum, draw) => sum + draw[i]!, 0) / draws.length);
  const squares = (values: Float64Array): number => values.reduce((sum, y, i) => sum + (y - means[i]!) ** 2, 0);
  const drawn = draws.map(squares);
  const own = squares(observed);
  return { statistic: own / (drawn.reduce((sum, value) => sum + value, 0) / drawn.length), p_value: simulationTest(own, drawn) };
}

/** Normality of the conditional modes of every random effect. */
export function modeNormality(fit: GlmmFit): ModeNormality[] {
  checkFit('modeNormality', fit);
  const entries = ranefTable(fit);
  return fit.design.random.flatMap(({ group, names, levels }) => names.map((term) => ({
    group, term, levels: levels.length,
    result: shapiroWilk(entries.filter((entry) => entry.group === group && entry.term === term).map(({ estimate }) => estimate)),
  })));
}

function listRows(fit: GlmmFit, rows: Int32Array): string {
  const shown = Array.from(rows.subarray(0, 8), (row) => fit.frame.rows[row]! + 1).join(', ');
  return rows.length > 8 ? `${shown}, …` : shown;
}
