/** Counts models as they are done and reports the rate. */
import type { Progress } from './types.js';

export class ProgressMeter {
  readonly #report: ((progress: Progress) => void) | undefined;
  readonly #stage: string;
  readonly #total: number;
  readonly #begin = performance.now();
  #done = 0;

  /** Reports the start of a stage at once. */
  constructor(stage: string, total: number, report: ((progress: Progress) => void) | undefined) {
    this.#stage = stage;
    this.#total = total;
    this.#report = report;
    this.add(0);
  }

  add(models: number): void {
    this.#done += models;
    const seconds = this.seconds;
    const rate = seconds > 0 ? this.#done / seconds : 0;
    const left = this.#total - this.#done;
    this.#report?.({
      stage: this.#stage, done: this.#done, total: this.#total, rate, secondsLeft: left === 0 ? 0 : rate > 0 ? left / rate : Infinity,
    });
  }

  /** Seconds since the start of the stage. */
  get seconds(): number {
    return (performance.now() - this.#begin) / 1000;
  }
}
