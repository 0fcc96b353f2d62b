/** What every float64 kernel works on: the sizes of a design and its rows in the kernel's order. */
export interface RowLayout {
  readonly nobs: number;
  readonly nFixed: number;
  readonly nTheta: number;
  readonly nParams: number;
  /** Random-effect columns of all terms together. */
  readonly q: number;
  /** Length of u. */
  readonly nEffects: number;
  /** Sorted row i is design row `order[i]`. */
  readonly order: Int32Array;
  /** Sorted rows of independent group g: starts[g] … starts[g + 1] − 1. */
  readonly starts: Int32Array;
  /** Sorted n × p and n × q matrices, row-major. */
  readonly x: Float64Array;
  readonly z: Float64Array;
}
