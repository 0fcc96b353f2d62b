/** Models fitted without a part of their rows, by counting those rows zero times: no copies of the data. */
import { OptionError } from '../errors.js';
import type { FitBatchOptions } from '../fit/fit-batch.js';
import type { Batch } from '../model/batch.js';
import type { BatchFit } from '../model/batch-fit.js';
import { type Design, isLinearMixed } from '../model/design.js';
import closestName from '../names.js';
import { fitPieces } from './fit-pieces.js';
import { type FittedModel, settingsOptions } from './fitted-model.js';

/** Rows that belong together: those of a level of a grouping factor, or each row alone. */
export interface RowUnits {
  /** Name of the grouping factor; null for rows. */
  readonly group: string | null;
  /** Names of the units; rows are numbered from 1. */
  readonly labels: readonly string[];
  /** Unit of each row. */
  readonly unitOf: Int32Array;
}

/**
 * Units of a design by the name of a grouping factor, or `rows`.
 * @throws OptionError for a name that is neither.
 */
export function rowUnits(design: Design, by: string): RowUnits {
  const term = design.random.find(({ group }) => group === by);
  if (term !== undefined) return { group: by, labels: term.levels, unitOf: term.index };
  const groups = [...new Set(design.random.map(({ group }) => group))];
  if (by !== 'rows') throw new OptionError(`'${by}' is no grouping factor of the model; use ${[...groups, 'rows'].join(', ')}${closestName(by, [...groups, 'rows'])}`);
  return { group: null, labels: Array.from({ length: design.nobs }, (_, i) => String(i + 1)), unitOf: Int32Array.from({ length: design.nobs }, (_, i) => i) };
}

/** What makes rows count a given number of times (B × n), for any family. */
export function countingRows(design: Design, copies: Float64Array): Pick<Batch, 'weights' | 'rowCopies'> {
  if (isLinearMixed(design)) return { rowCopies: copies };
  const { weights, nobs } = design;
  return { weights: weights === null ? copies : copies.map((times, at) => times * weights[at % nobs]!) };
}

/**
 * Fits the model once without each part, starting from its estimates.
 * @param partOf part of each row; parts are numbered from 0
 */
export function fitWithout(model: FittedModel, partOf: Int32Array, parts: number, options: FitBatchOptions): Promise<BatchFit> {
  const { design } = model.frame;
  const n = design.nobs;
  return fitPieces(design, parts, 2 * n, (from, to) => {
    const copies = new Float64Array((to - from) * n);
    const response = new Float64Array((to - from) * n);
    for (let b = from; b < to; b++) {
      response.set(model.response, (b - from) * n);
      for (let i = 0; i < n; i++) copies[(b - from) * n + i] = partOf[i] === b ? 0 : 1;
    }
    return { nModels: to - from, response, start: model.params, metric: model.metric, ...countingRows(design, copies) };
  }, { ...options, ...settingsOptions(model.settings) });
}
