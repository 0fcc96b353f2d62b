/** Fits batches of any size in float64 on the calling thread: the work of one worker, and of the main thread without workers. */
import type { Batch } from '../model/batch.js';
import { type Design, isLinearMixed } from '../model/design.js';
import { createCpuObjective } from '../objective/cpu.js';
import type { Objective } from '../objective/objective.js';
import { type BatchChunk, joinChunks, toBatchChunk } from './batch-chunk.js';
import { type NumericBatch, responseDrawer, sliceBatch } from './batch-slice.js';
import { type ChunkFit, type FitSettings, fitChunk, objectiveIntegration } from './fit-chunk.js';
import { LmmFitter } from './lmm-chunk.js';

/** Models optimised side by side: more only moves their data out of the cache. */
const MODELS_AT_ONCE = 64;
/** Rows of data loaded at once, 128 MiB of them: large models go one by one. */
const ROWS_AT_ONCE = 2 ** 22;

export class CpuFitter {
  readonly #design: Design;
  readonly #settings: FitSettings;
  /** Gaussian models have a fitter of their own. */
  readonly #solver: Objective | LmmFitter;
  /** Models fitted in one go; `fit` of more of them works through several goes. */
  readonly capacity: number;
  readonly #draw: ReturnType<typeof responseDrawer>;

  /** Throws OptionError when the float64 objective does not take the design. */
  constructor(design: Design, settings: FitSettings) {
    this.#design = design;
    this.#settings = settings;
    this.capacity = Math.max(1, Math.min(MODELS_AT_ONCE, Math.floor(ROWS_AT_ONCE / design.nobs)));
    this.#solver = isLinearMixed(design) ? new LmmFitter(design, settings) : createCpuObjective(design, objectiveIntegration(settings), { capacity: this.capacity });
    this.#draw = responseDrawer(design);
  }

  async fit(batch: Batch, signal?: AbortSignal): Promise<BatchChunk> {
    const chunks: BatchChunk[] = [];
    for (let from = 0; from < batch.nModels; from += this.capacity) {
      const part = this.#draw(sliceBatch(this.#design, batch, from, Math.min(from + this.capacity, batch.nModels)));
      chunks.push(toBatchChunk(await this.#fitPart(part, signal)));
    }
    return joinChunks(chunks);
  }

  #fitPart(part: NumericBatch, signal: AbortSignal | undefined): Promise<ChunkFit> {
    if (this.#solver instanceof LmmFitter) return this.#solver.fit(part, 0, part.nModels, { signal });
    return fitChunk(this.#solver, this.#design, part, 0, part.nModels, this.#settings, { signal });
  }

  dispose(): void {
    if (!(this.#solver instanceof LmmFitter)) this.#solver.dispose();
  }
}
