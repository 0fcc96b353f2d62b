/** Fits of a model without each part of its rows as a study: cut anywhere, computed anywhere, put together again. */
import type { FitBatchOptions } from '../fit/fit-batch.js';
import type { BatchFit } from '../model/batch-fit.js';
import type { FitColumns } from './fit-columns.js';
import { type Division, type WholeModel, fitWithout, modelsOf } from './leave-out.js';
import { plainSource } from './plain-source.js';
import { replicateFits, replicateNumbers } from './replicate-columns.js';
import type { Study, StudyResults, StudySpec } from './study.js';

/** Everything the fits depend on. Replicate i is the model without part i. */
export interface LeaveOutSpec extends StudySpec {
  readonly model: WholeModel;
  readonly division: Division;
  readonly standardErrors: NonNullable<FitBatchOptions['standardErrors']>;
}

/** A model as plain data, without the names of levels. */
export function plainModel(model: WholeModel): WholeModel {
  return { ...plainSource(model), response: model.response };
}

/** The study of a spec: one row per part, columns as `replicateFits` has them. */
export function leaveOutStudy(spec: LeaveOutSpec): Study {
  const { model, division, standardErrors } = spec;
  const { columns, of } = columnsOf(spec);
  return {
    spec, total: modelsOf(division, model.frame.design), columns,
    async run(range, { engine, signal, onProgress }) {
      const fit = await fitWithout(model, division, range, { standardErrors, engine, onProgress: ({ done }) => { onProgress?.(done); }, ...(signal === undefined ? {} : { signal }) });
      return { columns: of([replicateNumbers(range)], fit), backend: fit.backend };
    },
  };
}

/** The fits from the results of their study. */
export function leaveOutFits(spec: LeaveOutSpec, results: StudyResults): Promise<BatchFit> {
  return columnsOf(spec).read(results);
}

function columnsOf({ model, standardErrors }: LeaveOutSpec): FitColumns {
  return replicateFits(model.frame.design, standardErrors !== 'none');
}
