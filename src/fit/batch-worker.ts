/** What a worker thread does with a batch: context = design and settings, task = some models of the batch. */
import type { Batch } from '../model/batch.js';
import type { Design } from '../model/design.js';
import type { JobHandler } from '../platform/serve-tasks.js';
import { chunkBuffers } from './batch-chunk.js';
import { CpuFitter } from './batch-cpu-fitter.js';
import type { FitSettings } from './fit-chunk.js';

export interface FitContext {
  readonly design: Design;
  readonly settings: FitSettings;
}

/** Answers each task, a `Batch`, with its `BatchChunk`. */
export function openJob(context: unknown): JobHandler {
  const { design, settings } = context as FitContext;
  const fitter = new CpuFitter(design, settings);
  return {
    run: async (task) => {
      const result = await fitter.fit(task as Batch);
      return { result, transfer: chunkBuffers(result) };
    },
    close: () => {
      fitter.dispose();
    },
  };
}
