/** The simulated likelihood-ratio test as a study: cut anywhere, computed anywhere, put together again. */
import { OptionError } from '../errors.js';
import { type StatusName, countStatuses, statusCodes, statusNames } from '../model/status.js';
import type { BackendReport } from '../objective/backend.js';
import { checkSeed } from '../random/stream.js';
import type { BootstrapSource } from './bootstrap.js';
import type { FittedModel } from './fitted-model.js';
import { type LrtRow, isBeyond, lrtRows } from './lrt-p-values.js';
import { lrtPair, observedStatistic } from './lrt-pair.js';
import { type NullModels, lrtReplicates } from './lrt-replicates.js';
import { binomialInterval } from './monte-carlo.js';
import { nestingOf } from './nesting.js';
import { plainSource } from './plain-source.js';
import { replicateNumbers } from './replicate-columns.js';
import type { Study, StudyResults, StudySpec } from './study.js';

/** Everything the replicates depend on, the statistic they are compared with, and when to stop. */
export interface LrtSpec extends StudySpec {
  readonly kind: 'lrt';
  readonly smaller: BootstrapSource;
  readonly larger: BootstrapSource;
  readonly statistic: number;
  readonly nsim: number;
  readonly seed: number;
  readonly stopAfter: number | null;
}

/** A likelihood-ratio statistic with its simulated null distribution. */
export interface SimulatedLrt {
  /** 2 (logLik of the larger − logLik of the smaller model), both by maximum likelihood. */
  readonly statistic: number;
  /** Parameters that the larger model adds. */
  readonly df: number;
  readonly seed: number;
  /** Replicates drawn. */
  readonly nsim: number;
  /** Whether `stopAfter` ended the run before its last replicate. */
  readonly stopped: boolean;
  /** Null statistics of the replicates drawn, NaN where a fit failed. */
  readonly replicates: Float64Array;
  /** Replicates with a statistic. */
  readonly used: number;
  /** Negative statistics that were mended by restarting the larger model from the smaller. */
  readonly repaired: number;
  readonly counts: { readonly smaller: Readonly<Record<StatusName, number>>; readonly larger: Readonly<Record<StatusName, number>> };
  /** P-values side by side, `bootstrap` first. */
  readonly rows: readonly LrtRow[];
  /** Exact 95 % interval of the share of null statistics at or above the observed one; null after sequential stopping. */
  readonly bootstrapInterval: readonly [number, number] | null;
  readonly seconds: number;
  readonly backend: BackendReport;
}

/** Replicates between two looks at a sequential test, at least. */
const FIRST_LOOK = 256;

/** The spec of a test. @throws OptionError when the models are not nested models of the same data, or for impossible options. */
export async function lrtSpec(smaller: FittedModel, larger: FittedModel, { nsim, seed, stopAfter }: Pick<LrtSpec, 'nsim' | 'seed'> & { readonly stopAfter?: number | undefined }): Promise<LrtSpec> {
  if (!Number.isSafeInteger(nsim) || nsim < 1) throw new OptionError(`nsim must be a positive integer, not ${nsim}`);
  if (stopAfter !== undefined && (!Number.isSafeInteger(stopAfter) || stopAfter < 1)) throw new OptionError(`stopAfter must be a positive integer, not ${stopAfter}`);
  checkSeed(seed);
  const pair = await lrtPair(smaller, larger);
  const statistic = await observedStatistic(pair);
  if (Number.isNaN(statistic)) throw new OptionError('the larger model has a lower likelihood than the smaller one, so it is not at its maximum; fit it again from other starts (multiStart)');
  return {
    kind: 'lrt', smaller: plainSource(pair.smaller), larger: plainSource(pair.larger), statistic, nsim, seed, stopAfter: stopAfter ?? null,
  };
}

/** The study of a spec: a statistic per replicate, NaN where one of the fits has no maximum. */
export function lrtStudy(spec: LrtSpec): Study {
  const { smaller, larger, statistic: bound, nsim, seed, stopAfter } = spec;
  const models: NullModels = { smaller, larger, nesting: nestingOf(smaller.frame.design, larger.frame.design) };
  return {
    spec, total: nsim,
    columns: [
      { name: 'replicate', type: 'INT32' }, { name: 'statistic', type: 'DOUBLE' }, { name: 'smaller_status', type: 'STRING' }, { name: 'larger_status', type: 'STRING' },
      { name: 'repaired', type: 'INT32' },
    ],
    async run(range, context) {
      const { statistic, smallerStatus, largerStatus, repaired, backend } = await lrtReplicates(models, seed, range, context);
      return {
        columns: [
          replicateNumbers(range), statistic, statusNames(smallerStatus), statusNames(largerStatus),
          Int32Array.from(repaired),
        ],
        backend,
      };
    },
    ...(stopAfter === null ? {} : {
      stopping: {
        look: Math.max(FIRST_LOOK, 10 * stopAfter), columns: ['replicate', 'statistic'],
        needless([replicate, statistic]) {
          const end = sequentialEnd(replicate as Int32Array, statistic as Float64Array, bound, stopAfter);
          return end < nsim ? [{ from: end, to: nsim }] : [];
        },
      },
    }),
  };
}

/** The replicate, counted from 1, that brings the exceedances to `stopAfter`; Infinity where it is not there yet. */
function sequentialEnd(replicate: Int32Array, statistic: Float64Array, bound: number, stopAfter: number): number {
  const inOrder = [...replicate.keys()].sort((a, b) => replicate[a]! - replicate[b]!);
  let exceeding = 0;
  for (const [place, i] of inOrder.entries()) {
    // What comes after a gap has to wait for it.
    if (replicate[i] !== place + 1) break;
    if (isBeyond(statistic[i]!, bound) && ++exceeding === stopAfter) return place + 1;
  }
  return Infinity;
}

/** The test from the results of its study. */
export async function lrtFromResults({ smaller, larger, statistic, seed, stopAfter }: LrtSpec, results: StudyResults): Promise<SimulatedLrt> {
  const nesting = nestingOf(smaller.frame.design, larger.frame.design);
  const replicates = (await results.column('statistic')) as Float64Array;
  const counts = async (name: string): Promise<Readonly<Record<StatusName, number>>> =>
    countStatuses(statusCodes((await results.column(name)) as readonly string[]));
  const valid = replicates.filter((value) => !Number.isNaN(value));
  const exceeding = valid.reduce((sum, value) => sum + (isBeyond(value, statistic) ? 1 : 0), 0);
  const stopped = stopAfter !== null && exceeding >= stopAfter;
  const rows = lrtRows(statistic, valid, nesting);
  if (stopped) {
    // The number of replicates was random: h exceedances in l replicates estimate p by h / l.
    const p = exceeding / valid.length;
    rows[0] = { ...rows[0]!, p_value: p, std_error: p * Math.sqrt((1 - p) / exceeding) };
  }
  return {
    statistic, df: nesting.df, seed, nsim: replicates.length, stopped, replicates, used: valid.length,
    repaired: ((await results.column('repaired')) as Int32Array).reduce((sum, flag) => sum + flag, 0),
    counts: { smaller: await counts('smaller_status'), larger: await counts('larger_status') },
    rows, bootstrapInterval: stopped ? null : binomialInterval(exceeding, valid.length, 0.95),
    seconds: results.seconds, backend: results.backend,
  };
}
