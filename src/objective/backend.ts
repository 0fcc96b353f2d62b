/** What did the work: part of every result, so that nobody has to guess. */
export interface BackendReport {
  readonly backend: 'cpu' | 'webgpu';
  /** Adapter description, or the number of worker threads in words. */
  readonly device: string;
  /** Why this backend was chosen, or why another one was not. */
  readonly reason: string;
  /** Devices lost and replaced on the way. */
  readonly devicesLost: number;
  /** Re-fit of a sample of models in float64, where WebGPU did the work. */
  readonly check: PrecisionCheck | null;
}

/** Largest differences between a sample of WebGPU fits and their float64 refits. */
export interface PrecisionCheck {
  readonly models: number;
  /** Largest difference of an estimate in its standard errors. */
  readonly maxErrorInStandardErrors: number;
  readonly maxLogLikDifference: number;
}
