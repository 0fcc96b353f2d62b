/** Fits batches of any size in float64 on the calling thread: the work of one worker, and of the main thread without workers. */
import type { Batch } from '../model/batch.js';
import type { Design } from '../model/design.js';
import { createCpuObjective } from '../objective/cpu.js';
import type { Objective } from '../objective/objective.js';
import { type BatchChunk, joinChunks, toBatchChunk } from './batch-chunk.js';
import { responseDrawer, sliceBatch } from './batch-slice.js';
import { type FitSettings, fitChunk, objectiveIntegration } from './fit-chunk.js';

/** Models optimised side by side: more only moves their data out of the cache. */
const MODELS_AT_ONCE = 64;
/** Rows of data loaded at once, 128 MiB of them: large models go one by one. */
const ROWS_AT_ONCE = 2 ** 22;

export class CpuFitter {
  readonly #design: Design;
  readonly #settings: FitSettings;
  readonly #objective: Objective;
  readonly #draw: ReturnType<typeof responseDrawer>;

  /** Throws OptionError when the float64 objective does not take the design. */
  constructor(design: Design, settings: FitSettings) {
    this.#design = design;
    this.#settings = settings;
    const capacity = Math.max(1, Math.min(MODELS_AT_ONCE, Math.floor(ROWS_AT_ONCE / design.nobs)));
    this.#objective = createCpuObjective(design, objectiveIntegration(settings), { capacity });
    this.#draw = responseDrawer(design);
  }

  /** Models fitted in one go; `fit` of more of them works through several goes. */
  get capacity(): number {
    return this.#objective.capacity;
  }

  async fit(batch: Batch, signal?: AbortSignal): Promise<BatchChunk> {
    const chunks: BatchChunk[] = [];
    for (let from = 0; from < batch.nModels; from += this.capacity) {
      const part = this.#draw(sliceBatch(this.#design, batch, from, Math.min(from + this.capacity, batch.nModels)));
      chunks.push(toBatchChunk(await fitChunk(this.#objective, this.#design, part, 0, part.nModels, this.#settings, { signal })));
    }
    return joinChunks(chunks);
  }

  dispose(): void {
    this.#objective.dispose();
  }
}
