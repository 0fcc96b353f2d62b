/** The replicates of a bootstrap as a table: what is written to `replicates.parquet`, and read back from it. */
import type { Range } from '../fit/batch-ranges.js';
import type { BatchFit } from '../model/batch-fit.js';
import type { Design } from '../model/design.js';
import type { ParquetColumn } from '../table/write-parquet.js';
import { type FitColumns, fitColumns } from './fit-columns.js';

/** Column `replicate` (from 1), then those of the refits. */
export function replicateFits(design: Design, withErrors: boolean): FitColumns {
  return fitColumns([{ name: 'replicate', type: 'INT32' }], design, withErrors);
}

/** Numbers of the replicates of a range as users count them, from 1. */
export function replicateNumbers({ from, to }: Range): Int32Array {
  return Int32Array.from({ length: to - from }, (_, i) => from + i + 1);
}

/** The refits of a whole bootstrap as columns of a file. */
export function replicateColumns(design: Design, fit: BatchFit): ParquetColumn[] {
  const { columns, of } = replicateFits(design, fit.standardErrors !== null);
  const values = of([replicateNumbers({ from: 0, to: fit.nModels })], fit);
  return columns.map((column, j) => ({ ...column, data: values[j]! }));
}
