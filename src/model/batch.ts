/**
 * A batch: B models on one design, each with its own response and, where wanted, its own sizes, weights, offset, covariates,
 * start and held parameters. Per-model arrays are model-major (`y[b * n + i]`), rows in the order of the design.
 */

/** Responses drawn while fitting: replicate `first + b` of the stream (seed, replicate) at the given parameters. */
export interface SimulatedResponses {
  readonly kind: 'simulate';
  /** Generating parameters (β, θ), k numbers. */
  readonly params: Float64Array;
  readonly seed: number;
  /** Index of the first replicate. */
  readonly first: number;
}

/** Models on one design, and what each of them has of its own. */
export interface Batch {
  /** B, number of models. */
  readonly nModels: number;
  /** B × n responses (binomial: successes), or how to draw them. */
  readonly response: Float64Array | SimulatedResponses;
  /** B × n binomial sizes, weights, offsets; absent: the design's. */
  readonly trials?: Float64Array;
  readonly weights?: Float64Array;
  readonly offset?: Float64Array;
  /** B × n × p fixed-effect matrices (row-major within a model) for studies that redraw covariates. */
  readonly x?: Float64Array;
  /** B × n × q random-effect columns of all terms side by side. */
  readonly z?: Float64Array;
  /**
   * B × G numbers of rows per level of the (single) grouping factor: model b's rows are its first Σ sizes rows, level by level;
   * rows beyond are ignored. Absent: the design's grouping.
   */
  readonly groupSizes?: Int32Array;
  /**
   * B × G numbers of copies of each level of the (single) grouping factor, ≥ 0: its share of the log-likelihood counts so many times, as if
   * the level, with its rows and random effects of its own, were there so often. Float64 only.
   */
  readonly levelCopies?: Float64Array;
  /** Linear mixed models: B × n numbers of copies of each row within its level, ≥ 0. For other families the same as weights. */
  readonly rowCopies?: Float64Array;
  /** Start (β, θ): k numbers for all models or B × k; absent: a GLM fit per model. */
  readonly start?: Float64Array;
  /** Parameters held at their start: k flags for all models or B × k (1 = held). */
  readonly held?: Uint8Array;
  /** k × k inverse Hessian of −logLik at the start, used as first metric by all models. */
  readonly metric?: Float64Array;
}
