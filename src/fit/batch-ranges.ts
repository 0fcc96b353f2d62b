/** Which models are still to be fitted: handed out once each, taken back when their fit was lost. */

/** Models [from, to). */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export class Ranges {
  readonly #returned: Range[] = [];
  readonly #end: number;
  #next = 0;

  constructor(nModels: number) {
    this.#end = nModels;
  }

  /** Models not handed out. */
  get left(): number {
    return this.#end - this.#next + this.#returned.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** At most `count` consecutive models, or null when none are left. */
  take(count: number): Range | null {
    const returned = this.#returned.pop();
    if (returned !== undefined) {
      const middle = returned.from + count;
      if (middle >= returned.to) return returned;
      this.#returned.push({ from: middle, to: returned.to });
      return { from: returned.from, to: middle };
    }
    if (this.#next >= this.#end) return null;
    const from = this.#next;
    this.#next = Math.min(from + count, this.#end);
    return { from, to: this.#next };
  }

  giveBack(range: Range): void {
    this.#returned.push(range);
  }
}
