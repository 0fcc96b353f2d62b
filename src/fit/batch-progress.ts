/** Counts models as they are done and reports the rate. */
import type { Progress } from './types.js';

export class ProgressMeter {
  readonly #report: ((progress: Progress) => void) | undefined;
  readonly #stage: string;
  readonly #total: number;
  readonly #begin = performance.now();
  readonly #already: number;
  #done: number;

  /**
   * Reports the start of a stage at once.
   * @param already models of the total that were done before, which say nothing of the rate
   */
  constructor(stage: string, total: number, report: ((progress: Progress) => void) | undefined, already = 0) {
    this.#stage = stage;
    this.#total = total;
    this.#report = report;
    this.#already = already;
    this.#done = already;
    this.add(0);
  }

  /** Models done, those of before included. */
  get done(): number {
    return this.#done;
  }

  add(models: number): void {
    this.reach(this.#done + models);
  }

  /** So many models are done in all. */
  reach(done: number): void {
    this.#done = done;
    const seconds = this.seconds;
    const rate = seconds > 0 ? (done - this.#already) / seconds : 0;
    const left = this.#total - done;
    this.#report?.({
      stage: this.#stage, done: this.#done, total: this.#total, rate, secondsLeft: left === 0 ? 0 : rate > 0 ? left / rate : Infinity,
    });
  }

  /** Seconds since the start of the stage. */
  get seconds(): number {
    return (performance.now() - this.#begin) / 1000;
  }
}
