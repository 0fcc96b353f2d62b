/**
 * What differs between Node and browsers, behind one interface. `node.ts` and `browser.ts` implement it; everything else imports
 * `#platform`, which package.json resolves to one of the two.
 */
import type { WorkerPool } from './worker-pool.js';

/** A worker thread as the pool sees it. */
export interface WorkerChannel {
  post(message: unknown, transfer: readonly Transferable[]): void;
  /** Whether an idle process may end although this worker still lives. */
  setBusy(busy: boolean): void;
  terminate(): Promise<void>;
}

export interface WorkerEvents {
  message(data: unknown): void;
  /** The worker failed or ended by itself; nothing more will come from it. */
  death(cause: string): void;
}

export interface Platform {
  /** Whether the calling thread may compute beside its workers, a few milliseconds at a time: not in a page, which it would make sluggish. */
  readonly CALLING_THREAD_COMPUTES: boolean;
  /** Threads this process may use at once. */
  coreCount(): number;
  /** A pool of at most `size` worker threads; none is started before it has work. */
  createWorkerPool(size: number): WorkerPool;
  /**
   * The entry point of WebGPU, or in words why there is none. Never throws.
   * @param hardwareOnly whether software adapters are of no use, so that nothing need be loaded where there is no hardware
   */
  getGpu(hardwareOnly?: boolean): Promise<GPU | { readonly unavailable: string }>;
  /** Lets timers, messages and input be handled before the caller goes on computing. */
  breathe(): Promise<void>;
}
