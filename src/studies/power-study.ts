/** A study of power as a study that can be cut anywhere: the replicates of its cells, one cell after the other. */
import { OptionError } from '../errors.js';
import { statusCodes, statusNames } from '../model/status.js';
import { checkSeed } from '../random/stream.js';
import { combineBackends } from './combine-backends.js';
import { joinColumn } from './memory-store.js';
import { type PowerGrid, type PowerModel, type PowerPlan, powerPlan } from './power-plan.js';
import { type PowerReplicates, isReference, powerReplicates } from './power-replicates.js';
import { type PowerStudy, powerRows } from './power-rows.js';
import type { ColumnValues, RangeResult, StoppingRule, Study, StudyResults, StudySpec } from './study.js';

export interface PowerSpec extends StudySpec {
  readonly kind: 'power';
  readonly plan: PowerPlan;
  /** Replicates of each cell; with `stop` the most. */
  readonly nsim: number;
  readonly seed: number;
  /** A cell stops when the 95 % intervals of its rejection rates at level alpha are no wider than this; null: none stops. */
  readonly stop: { readonly width: number; readonly alpha: number } | null;
}

/** Replicates between two looks at the width of an interval. */
const LOOK = 200;

/** The spec of a study. @throws GlmmError for a model, a grid, names or numbers that do not fit. */
export async function powerSpec(
  model: PowerModel, options: PowerGrid & { readonly nsim: number; readonly seed: number; readonly alpha?: number; readonly width?: number },
): Promise<PowerSpec> {
  const { nsim, seed, alpha = 0.05, width } = options;
  checkNumbers(nsim, seed, alpha, width);
  return { kind: 'power', plan: await powerPlan(model, options, seed), nsim, seed, stop: width === undefined ? null : { width, alpha } };
}

function checkNumbers(nsim: number, seed: number, alpha: number, width: number | undefined): void {
  if (!Number.isSafeInteger(nsim) || nsim < 1) throw new OptionError(`nsim must be a positive integer, not ${nsim}`);
  checkSeed(seed);
  if (!(alpha > 0 && alpha < 0.5)) throw new OptionError(`alpha must be between 0 and 0.5, not ${alpha}`);
  if (width !== undefined && !(width > 0 && width < 1)) throw new OptionError(`width must be between 0 and 1, not ${width}`);
}

/** The study of a spec: one row per cell and replicate, cells in the order of the plan. */
export function powerStudy(spec: PowerSpec): Study {
  const { plan, nsim, seed, stop } = spec;
  return {
    spec, total: plan.cells.length * nsim,
    columns: [
      { name: 'cell', type: 'INT32' }, { name: 'replicate', type: 'INT32' }, { name: 'status', type: 'STRING' },
      ...NUMBERS.map((name) => ({ name, type: 'DOUBLE' as const })),
    ],
    async run({ from, to }, { engine, signal, onProgress }) {
      const parts: RangeResult['columns'][] = [];
      const reports = [];
      for (let at = from; at < to;) {
        const cell = Math.floor(at / nsim);
        const end = Math.min(to, (cell + 1) * nsim);
        const before = at - from;
        const { estimate, standardError, statistic, status, backend } = await powerReplicates(
          plan, cell, seed, { from: at - cell * nsim, to: end - cell * nsim }, { engine, signal, onProgress: (done) => { onProgress?.(before + done); } },
        );
        const first = at - cell * nsim;
        parts.push([
          new Int32Array(end - at).fill(cell + 1), Int32Array.from({ length: end - at }, (_, i) => first + i + 1), statusNames(status), estimate, standardError, statistic,
        ]);
        reports.push(backend);
        at = end;
      }
      return { columns: parts[0]!.map((_, j) => joinColumn(parts.map((columns) => columns[j]!))), backend: combineBackends(reports) };
    },
    ...(stop === null ? {} : { stopping: stoppingOf(spec, stop) }),
  };
}

const NUMBERS = ['estimate', 'std_error', 'statistic'] as const;
const COLUMNS = ['cell', 'replicate', 'status', ...NUMBERS];

/** A cell is over at the first look at which the intervals of all its rates are narrow enough. */
function stoppingOf({ plan, nsim }: PowerSpec, { width, alpha }: NonNullable<PowerSpec['stop']>): StoppingRule {
  return {
    look: LOOK, columns: COLUMNS,
    needless(columns) {
      const all = byCell(plan, columns);
      return plan.cells.flatMap(({ reference }, cell) => {
        if (isReference(plan, cell) || (reference !== null && all[reference]!.status.length < nsim)) return [];
        for (let end = LOOK; end < nsim && end <= all[cell]!.status.length; end += LOOK) {
          const rows = powerRows(plan, cell, all.with(cell, firstOf(all[cell]!, end)), alpha);
          if (rows.every((row) => row.rejected_high - row.rejected_low <= width)) return [{ from: cell * nsim + end, to: (cell + 1) * nsim }];
        }
        return [];
      });
    },
  };
}

/** The replicates of each cell as far as they follow one another from the first on. @param columns as `COLUMNS` */
function byCell(plan: PowerPlan, [cell, replicate, status, ...numbers]: readonly ColumnValues[]): Omit<PowerReplicates, 'backend'>[] {
  const rows = plan.cells.map((): number[] => []);
  for (let row = 0; row < cell!.length; row++) rows[(cell as Int32Array)[row]! - 1]![(replicate as Int32Array)[row]! - 1] = row;
  const codes = statusCodes(status as readonly string[]);
  return rows.map((own) => {
    const gap = own.findIndex((_, place) => !(place in own));
    const used = gap === -1 ? own : own.slice(0, gap);
    const [estimate, standardError, statistic] = numbers.map((column) => Float64Array.from(used, (row) => (column as Float64Array)[row]!));
    return { estimate: estimate!, standardError: standardError!, statistic: statistic!, status: Uint8Array.from(used, (row) => codes[row]!) };
  });
}

function firstOf({ estimate, standardError, statistic, status }: Omit<PowerReplicates, 'backend'>, count: number): Omit<PowerReplicates, 'backend'> {
  return { estimate: estimate.subarray(0, count), standardError: standardError.subarray(0, count), statistic: statistic.subarray(0, count), status: status.subarray(0, count) };
}

/** The table from the results of its study. @param alpha level of the tests */
export async function powerFromResults({ plan, seed }: PowerSpec, alpha: number, results: StudyResults): Promise<PowerStudy> {
  const all = byCell(plan, await Promise.all(COLUMNS.map((name) => results.column(name))));
  const rows = plan.cells.flatMap((_, cell) => (isReference(plan, cell) ? [] : powerRows(plan, cell, all, alpha)));
  return { rows, tested: plan.testedNames, alpha, seed, seconds: results.seconds, backend: results.backend };
}
