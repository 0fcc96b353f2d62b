/** Models fitted without a part of their rows, by counting those rows zero times: no copies of the data. */
import { OptionError } from '../errors.js';
import type { Range } from '../fit/batch-ranges.js';
import type { FitBatchOptions } from '../fit/fit-batch.js';
import type { Batch } from '../model/batch.js';
import type { BatchFit } from '../model/batch-fit.js';
import { type Design, isLinearMixed } from '../model/design.js';
import closestName from '../names.js';
import { fitPieces } from './fit-pieces.js';
import { type FittedModel, settingsOptions } from './fitted-model.js';

/** Rows that belong together: those of a level of a grouping factor, or each row alone. */
export interface RowUnits {
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
  if (term !== undefined) return { labels: term.levels, unitOf: term.index };
  const groups = [...new Set(design.random.map(({ group }) => group))];
  if (by !== 'rows') throw new OptionError(`'${by}' is no grouping factor of the model; use ${[...groups, 'rows'].join(', ')}${closestName(by, [...groups, 'rows'])}`);
  return { labels: Array.from({ length: design.nobs }, (_, i) => String(i + 1)), unitOf: Int32Array.from({ length: design.nobs }, (_, i) => i) };
}

/** What makes rows count a given number of times (B × n), for any family. */
export function countingRows(design: Design, copies: Float64Array): Pick<Batch, 'weights' | 'rowCopies'> {
  if (isLinearMixed(design)) return { rowCopies: copies };
  const { weights, nobs } = design;
  return { weights: weights === null ? copies : copies.map((times, at) => times * weights[at % nobs]!) };
}

/** What is fitted without a part of its rows. */
export type WholeModel = Pick<FittedModel, 'frame' | 'settings' | 'params' | 'metric' | 'response'>;

/** A division of the rows into parts, or several divisions into as many. */
export interface Division {
  /** Part of each row, from 0; a further division follows the one before. */
  readonly partOf: Int32Array;
  readonly parts: number;
}

/** Models of some divisions: one without each part. */
export function modelsOf({ partOf, parts }: Division, { nobs }: Design): number {
  return (partOf.length / nobs) * parts;
}

/** Which rows the model with a number has: those of all parts but one. 1 or 0 per row. */
export function rowsKept({ partOf, parts }: Division, { nobs }: Design, model: number): Float64Array {
  const first = Math.floor(model / parts) * nobs;
  return Float64Array.from({ length: nobs }, (_, i) => (partOf[first + i] === model % parts ? 0 : 1));
}

/** Fits the model once without each part, starting from its estimates: models [from, to) of them. */
export function fitWithout(model: WholeModel, division: Division, { from, to }: Range, options: FitBatchOptions): Promise<BatchFit> {
  const { design } = model.frame;
  const n = design.nobs;
  return fitPieces(design, to - from, 2 * n, (first, end) => {
    const copies = new Float64Array((end - first) * n);
    const response = new Float64Array((end - first) * n);
    for (let b = first; b < end; b++) {
      response.set(model.response, (b - first) * n);
      copies.set(rowsKept(division, design, from + b), (b - first) * n);
    }
    return { nModels: end - first, response, start: model.params, metric: model.metric, ...countingRows(design, copies) };
  }, { ...options, ...settingsOptions(model.settings) });
}
