/**
 * What every study is to the machinery that runs it: replicates 0 … total − 1, each a row of columns and a function of its number alone.
 * Because of that a study can be cut anywhere: into parts on a disk, shards of a cluster, jobs of a queue. Nothing here knows which.
 */
import type { Range } from '../fit/batch-ranges.js';
import type { Engine } from '../fit/engine.js';
import type { BackendReport } from '../objective/backend.js';
import type { ParquetColumn } from '../table/write-parquet.js';

/** Name, unique within the study, and type of a column. */
export type StudyColumn = Pick<ParquetColumn, 'name' | 'type'>;

/** Values of a column, one per replicate. */
export type ColumnValues = ParquetColumn['data'];

/** What a study computes of a range. */
export interface RangeResult {
  /** In the order of `Study.columns`. */
  readonly columns: readonly ColumnValues[];
  readonly backend: BackendReport;
}

/** Replicates [from, to), and the seconds they took. */
export interface StudyPart extends RangeResult, Range {
  readonly seconds: number;
}

/** Plain data (JSON and typed arrays) that tells all a study depends on; `openStudy` makes the study of it, on another machine too. */
export interface StudySpec {
  /** The study's name in the registry, e.g. `bootstrap`. */
  readonly kind: string;
}

/** Replicates 0 … total − 1 as rows of columns, each a function of its number alone. */
export interface Study {
  /** Studies with equal specs have equal results. */
  readonly spec: StudySpec;
  /** Number of replicates. */
  readonly total: number;
  readonly columns: readonly StudyColumn[];
  /**
   * Computes replicates [from, to). In float64 a replicate must not depend on the range it is part of.
   * @throws the signal's reason when aborted.
   */
  run(range: Range, context: StudyContext): Promise<RangeResult>;
  /** Only for a study that may be over before its last replicate. */
  readonly stopping?: StoppingRule;
}

/** How a study learns from its results that it can do without some of its replicates. */
export interface StoppingRule {
  /** Replicates between two looks, at most. */
  readonly look: number;
  /** Names of the columns it looks at. */
  readonly columns: readonly string[];
  /**
   * Replicates that are not needed, given the ones there are, in any order. What it says must depend on the needed replicates alone, so that it is
   * the same however many others were computed by then.
   */
  needless(columns: readonly ColumnValues[]): readonly Range[];
}

/** What the machinery lends to a study. */
export interface StudyContext {
  /** Threads and device to compute on, kept by the caller from part to part. */
  readonly engine: Engine;
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many replicates of the range are done. */
  readonly onProgress?: (done: number) => void;
}

/** The results of a study, a column at a time: all of them need not fit into memory. */
export interface StudyResults {
  /** Number of replicates there are. */
  readonly total: number;
  /** @throws Error for a name the study does not have. */
  column(name: string): Promise<ColumnValues>;
  /** What the parts report of their devices, joined. */
  readonly backend: BackendReport;
  /** Seconds the parts took, added up: more than the time that passed where several machines were at work. */
  readonly seconds: number;
}
