/** Node: worker threads, and WebGPU from the optional package `webgpu`. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { missingVulkan } from './node-vulkan.js';
import type { Platform, WorkerChannel, WorkerEvents } from './platform.js';
import { WorkerPool } from './worker-pool.js';

/** Dawn's instance must stay referenced as long as any device made from it lives, or the process crashes when it is collected. */
let instance: GPU | undefined;

export const CALLING_THREAD_COMPUTES: Platform['CALLING_THREAD_COMPUTES'] = true;

export const coreCount: Platform['coreCount'] = availableParallelism;

export const createWorkerPool: Platform['createWorkerPool'] = (size) => new WorkerPool(size, spawn);

export const getGpu: Platform['getGpu'] = async (hardwareOnly = false) => {
  if (instance !== undefined) return instance;
  const missing = missingVulkan(hardwareOnly);
  if (missing !== null) return { unavailable: missing };
  try {
    const { create } = await import('webgpu');
    instance = create([]);
    return instance;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    return {
      unavailable: absent
        ? "the optional package 'webgpu' is not installed or has no build for this platform"
        : `the package 'webgpu' cannot be loaded: ${message.split('\n')[0]!}`,
    };
  }
};

export const breathe: Platform['breathe'] = () => new Promise((resolve) => setImmediate(resolve));

function spawn(events: WorkerEvents): WorkerChannel {
  const worker = new Worker(new URL('./node-worker.js', import.meta.url));
  worker.on('message', (data) => { events.message(data); });
  worker.on('messageerror', () => { events.death('a message could not be read'); });
  worker.on('error', (error) => { events.death(error instanceof Error ? error.message : String(error)); });
  worker.on('exit', (code) => { events.death(`it ended with exit code ${code}`); });
  return {
    post: (message, transfer) => { worker.postMessage(message, transfer as ArrayBuffer[]); },
    // An idle worker of an engine that nobody disposed must not keep the process from ending.
    setBusy: (busy) => {
      if (busy) worker.ref();
      else worker.unref();
    },
    terminate: async () => {
      await worker.terminate();
    },
  };
}
