/** Results of some models of a batch on their way to the columns of a `BatchFit`. */
import { type Design, parameterLayout } from '../model/design.js';
import { parameterNames } from './parameter-names.js';
import type { ChunkFit } from './fit-chunk.js';

/** Results of consecutive models, model-major; the caller of `onChunk` sees them as they come. */
export interface BatchChunk {
  /** count × k estimates. */
  readonly params: Float64Array;
  /** count × k standard errors, or null when they were not asked for. */
  readonly standardErrors: Float64Array | null;
  readonly logLik: Float64Array;
  /** Codes of `STATUS`. */
  readonly status: Uint8Array;
  readonly evaluations: Int32Array;
  readonly decrement: Float64Array;
}

/** Keeps of a chunk fit what a batch reports: of covariances only the diagonals. */
export function toBatchChunk(fit: ChunkFit): BatchChunk {
  const { params, logLik, status, evaluations, decrement, covariance } = fit;
  let standardErrors: Float64Array | null = null;
  if (covariance !== null) {
    const k = params.length / logLik.length;
    standardErrors = new Float64Array(params.length);
    for (let b = 0; b < logLik.length; b++) {
      for (let j = 0; j < k; j++) standardErrors[b * k + j] = Math.sqrt(covariance[(b * k + j) * k + j]!);
    }
  }
  return { params, standardErrors, logLik, status, evaluations, decrement };
}

/** The buffers of a chunk, for handing it to another thread. */
export function chunkBuffers(chunk: BatchChunk): ArrayBuffer[] {
  return Object.values(chunk).filter((value) => value !== null).map((value) => (value as Float64Array).buffer as ArrayBuffer);
}

/** Joins chunks of consecutive models. */
export function joinChunks(chunks: readonly BatchChunk[]): BatchChunk {
  if (chunks.length === 1) return chunks[0]!;
  const join = <T extends Float64Array | Int32Array | Uint8Array>(pick: (chunk: BatchChunk) => T): T => {
    const total = chunks.reduce((sum, chunk) => sum + pick(chunk).length, 0);
    const out = new (pick(chunks[0]!).constructor as new (length: number) => T)(total);
    let at = 0;
    for (const chunk of chunks) {
      out.set(pick(chunk), at);
      at += pick(chunk).length;
    }
    return out;
  };
  return {
    params: join((chunk) => chunk.params),
    standardErrors: chunks[0]!.standardErrors === null ? null : join((chunk) => chunk.standardErrors!),
    logLik: join((chunk) => chunk.logLik),
    status: join((chunk) => chunk.status),
    evaluations: join((chunk) => chunk.evaluations),
    decrement: join((chunk) => chunk.decrement),
  };
}

/** Columns of length B, filled chunk by chunk in any order. */
export interface BatchColumns {
  readonly names: readonly string[];
  readonly params: readonly Float64Array[];
  readonly standardErrors: readonly Float64Array[] | null;
  readonly logLik: Float64Array;
  readonly status: Uint8Array;
  readonly evaluations: Int32Array;
  readonly decrement: Float64Array;
}

export function createColumns(design: Design, nModels: number, standardErrors: boolean): BatchColumns {
  const { nParams } = parameterLayout(design);
  const columns = (): Float64Array[] => Array.from({ length: nParams }, () => new Float64Array(nModels));
  return {
    names: parameterNames(design),
    params: columns(),
    standardErrors: standardErrors ? columns() : null,
    logLik: new Float64Array(nModels),
    status: new Uint8Array(nModels),
    evaluations: new Int32Array(nModels),
    decrement: new Float64Array(nModels),
  };
}

export function putChunk(columns: BatchColumns, from: number, chunk: BatchChunk): void {
  const k = columns.params.length;
  const spread = (targets: readonly Float64Array[], values: Float64Array): void => {
    targets.forEach((target, j) => {
      for (let b = 0; b < chunk.logLik.length; b++) target[from + b] = values[b * k + j]!;
    });
  };
  spread(columns.params, chunk.params);
  if (columns.standardErrors !== null && chunk.standardErrors !== null) spread(columns.standardErrors, chunk.standardErrors);
  columns.logLik.set(chunk.logLik, from);
  columns.status.set(chunk.status, from);
  columns.evaluations.set(chunk.evaluations, from);
  columns.decrement.set(chunk.decrement, from);
}
