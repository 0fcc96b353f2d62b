/** Simulated replicates of the cells of a study of power. */
import { ProgressMeter } from '../fit/batch-progress.js';
import type { Range } from '../fit/batch-ranges.js';
import { type FitBatchOptions, fitBatch } from '../fit/fit-batch.js';
import { hasSupremum, isConverged } from '../model/status.js';
import type { BackendReport } from '../objective/backend.js';
import { createSimulator } from '../random/simulate.js';
import { combineBackends } from './combine-backends.js';
import { effectDrawer } from './effect-distributions.js';
import { addingTo, pieces } from './fit-pieces.js';
import { settingsOptions } from './fitted-model.js';
import { type PowerPlan, smallerStart } from './power-plan.js';
import type { StudyContext } from './study.js';

/** What the replicates of a cell gave, in order. */
export interface PowerReplicates {
  /** Estimate of the tested coefficient and its standard error; NaN where the fit failed or several are tested. */
  readonly estimate: Float64Array;
  readonly standardError: Float64Array;
  /** Likelihood-ratio statistic; NaN where a fit failed or no test needs it. */
  readonly statistic: Float64Array;
  /** Code of `STATUS` of the model with the tested coefficients. */
  readonly status: Uint8Array;
  readonly backend: BackendReport;
}

/** Replicates of references are numbered from here on. */
const FIRST_REFERENCE = 2 ** 41;

/** Whether a cell is only there as the null distribution of others. */
export function isReference({ cells }: PowerPlan, cell: number): boolean {
  return cells[cell]!.reference === cell;
}

/** Replicates [from, to) of a cell; replicate i depends on (seed, i) alone. Those of references are numbered apart from all others. */
export async function powerReplicates(plan: PowerPlan, cell: number, seed: number, { from, to }: Range, { engine, signal, onProgress }: StudyContext): Promise<PowerReplicates> {
  const { design: at, params, distribution } = plan.cells[cell]!;
  const { design, smaller, metric } = plan.designs[at]!;
  const { standardErrors, ...settings } = plan.settings;
  const drawEffects = effectDrawer(design, distribution);
  const simulator = createSimulator(design, params, drawEffects === undefined ? {} : { drawEffects });
  const first = isReference(plan, cell) ? FIRST_REFERENCE : 0;
  const small = smallerStart(plan.designs[at]!, plan.tested, params);
  const single = plan.tested.length === 1 ? plan.tested[0]! : null;
  const out = {
    estimate: new Float64Array(to - from).fill(NaN), standardError: new Float64Array(to - from).fill(NaN), statistic: new Float64Array(to - from).fill(NaN),
    status: new Uint8Array(to - from),
  };
  const reports: BackendReport[] = [];
  const meter = new ProgressMeter('fits', (to - from) * (smaller === null ? 1 : 2), ({ done }) => { onProgress?.(Math.floor(done / (smaller === null ? 1 : 2))); });
  const fitOptions = (): FitBatchOptions => ({ ...settingsOptions(settings), engine, ...(signal === undefined ? {} : { signal }), onProgress: addingTo(meter) });
  for (const piece of pieces(from, to, design.nobs)) {
    const count = piece.to - piece.from;
    const response = new Float64Array(count * design.nobs);
    for (let b = 0; b < count; b++) simulator.simulate(first + piece.from + b, seed, response, b * design.nobs);
    const large = await fitBatch(design, { nModels: count, response, start: params, metric }, { ...fitOptions(), standardErrors: single === null ? 'none' : standardErrors });
    const base = piece.from - from;
    out.status.set(large.status, base);
    reports.push(large.backend);
    if (single !== null) {
      for (let b = 0; b < count; b++) {
        if (!isConverged(large.status[b]!)) continue;
        out.estimate[base + b] = large.params[single]![b]!;
        out.standardError[base + b] = large.standardErrors![single]![b]!;
      }
    }
    if (smaller === null) continue;
    const other = await fitBatch(smaller, { nModels: count, response, start: small.params, metric: small.metric }, fitOptions());
    reports.push(other.backend);
    for (let b = 0; b < count; b++) {
      if (hasSupremum(large.status[b]!) && hasSupremum(other.status[b]!)) out.statistic[base + b] = Math.max(0, 2 * (large.logLik[b]! - other.logLik[b]!));
    }
  }
  return { ...out, backend: combineBackends(reports) };
}

