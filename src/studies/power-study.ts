/** A study of power as a study that can be cut anywhere: the replicates of its cells, one cell after the other. */
import { combineBackends } from './combine-backends.js';
import { joinColumn } from './memory-store.js';
import { type PowerReplicates, type PowerStudy, powerReplicates, powerStudy } from './power.js';
import type { PowerPlan } from './power-plan.js';
import { STATUS, STATUS_NAMES, type StatusName } from '../model/status.js';
import type { RangeResult, Study, StudyResults, StudySpec } from './study.js';

export interface PowerSpec extends StudySpec {
  readonly kind: 'power';
  readonly plan: PowerPlan;
  /** Replicates of each cell. */
  readonly nsim: number;
  readonly seed: number;
}

/** One row per cell and replicate, cells in the order of the plan. */
export function powerCells(spec: PowerSpec): Study {
  const { plan, nsim, seed } = spec;
  return {
    spec, total: plan.cells.length * nsim,
    columns: [
      { name: 'cell', type: 'INT32' }, { name: 'replicate', type: 'INT32' }, { name: 'status', type: 'STRING' },
      { name: 'estimate', type: 'DOUBLE' }, { name: 'std_error', type: 'DOUBLE' }, { name: 'statistic', type: 'DOUBLE' },
    ],
    async run({ from, to }, { engine, signal, onProgress }) {
      const parts: RangeResult['columns'][] = [];
      const reports = [];
      for (let at = from; at < to;) {
        const cell = Math.floor(at / nsim);
        const end = Math.min(to, (cell + 1) * nsim);
        const { estimate, standardError, statistic, status, backend } = await powerReplicates(
          plan, cell, seed, at - cell * nsim, end - cell * nsim, { engine, ...(signal === undefined ? {} : { signal }) },
        );
        const first = at;
        parts.push([
          new Int32Array(end - at).fill(cell + 1), Int32Array.from({ length: end - at }, (_, i) => first - cell * nsim + i + 1),
          Array.from(status, (code) => STATUS_NAMES[code]!), estimate, standardError, statistic,
        ]);
        reports.push(backend);
        at = end;
        onProgress?.(at - from);
      }
      return { columns: joinColumns(parts), backend: combineBackends(reports) };
    },
  };
}

function joinColumns(parts: readonly RangeResult['columns'][]): RangeResult['columns'] {
  return parts[0]!.map((_, j) => joinColumn(parts.map((columns) => columns[j]!)));
}

/** What `power` would have returned. */
export async function powerFromResults({ plan, nsim, seed }: PowerSpec, alpha: number, results: StudyResults): Promise<PowerStudy> {
  const [status, estimate, standardError, statistic] = await Promise.all(['status', 'estimate', 'std_error', 'statistic'].map((name) => results.column(name)));
  const codes = Uint8Array.from(status as readonly string[], (name) => STATUS[name as StatusName]);
  const cells = plan.cells.map((_, cell): PowerReplicates => {
    const own = (column: unknown): Float64Array => (column as Float64Array).subarray(cell * nsim, (cell + 1) * nsim);
    return {
      estimate: own(estimate), standardError: own(standardError), statistic: own(statistic), status: codes.subarray(cell * nsim, (cell + 1) * nsim), backend: results.backend,
    };
  });
  return powerStudy(plan, cells, { alpha, seed }, results.seconds, results.backend);
}
