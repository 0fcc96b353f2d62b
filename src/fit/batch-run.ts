/** What the runners of a batch (float64 threads, device) share. */
import type { Batch } from '../model/batch.js';
import type { Design } from '../model/design.js';
import type { BatchChunk } from './batch-chunk.js';
import type { Range } from './batch-ranges.js';
import type { FitSettings } from './fit-chunk.js';

export interface BatchRun {
  readonly design: Design;
  readonly batch: Batch;
  readonly settings: FitSettings;
  /** Models per task where the caller fixed it. */
  readonly chunk: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Takes the results of a range, in the order in which they come. */
  done(range: Range, chunk: BatchChunk): void;
}

/** Seconds below which the messages of a task cost more than lanes gain that finish together. */
const LEAST_SECONDS = 0.001;

/** Chooses how many models a task gets, so that it takes about a given time. */
export class ChunkSizer {
  readonly #largest: number;
  readonly #fixed: number | undefined;
  readonly #first: number;
  #perModel: number | undefined;

  /** @param first models of a task as long as nothing has been measured; @param fixed the size of all tasks, if the caller wants one. */
  constructor(first: number, largest: number, fixed: number | undefined) {
    this.#first = first;
    this.#largest = largest;
    this.#fixed = fixed;
  }

  /** Seconds a model takes, once known. */
  get secondsPerModel(): number | undefined {
    return this.#perModel;
  }

  measured(models: number, seconds: number): void {
    const now = seconds / models;
    // Half old, half new: code gets faster as it is compiled, and models differ.
    this.#perModel = this.#perModel === undefined ? now : 0.5 * (this.#perModel + now);
  }

  /** Models of the next task, which should take `seconds`, when `left` are shared by `lanes`. */
  next(seconds: number, left: number, lanes: number): number {
    if (this.#fixed !== undefined) return this.#fixed;
    const wanted = this.#perModel === undefined ? this.#first : Math.round(seconds / this.#perModel);
    // Smaller towards the end, so that all lanes finish together.
    const least = this.#perModel === undefined ? 1 : LEAST_SECONDS / this.#perModel;
    const fair = Math.ceil(Math.max(least, left / (2 * lanes)));
    return Math.max(1, Math.min(wanted, fair, this.#largest));
  }
}
