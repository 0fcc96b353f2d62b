/** Browsers: web workers, and WebGPU from `navigator.gpu`. */
import type { Platform, WorkerChannel, WorkerEvents } from './platform.js';
import { WorkerPool } from './worker-pool.js';

export const CALLING_THREAD_COMPUTES: Platform['CALLING_THREAD_COMPUTES'] = false;

export const coreCount: Platform['coreCount'] = () => navigator.hardwareConcurrency || 1;

export const createWorkerPool: Platform['createWorkerPool'] = (size) => new WorkerPool(size, spawn);

export const getGpu: Platform['getGpu'] = () => {
  const gpu = (navigator as Partial<Navigator>).gpu;
  if (gpu !== undefined) return Promise.resolve(gpu);
  const insecure = globalThis.isSecureContext === false;
  return Promise.resolve({
    unavailable: insecure ? 'WebGPU is offered on https and localhost pages only' : 'this browser does not offer WebGPU',
  });
};

/** A message to oneself: unlike a timer it is not held back to 4 ms. */
export const breathe: Platform['breathe'] = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });

function spawn(events: WorkerEvents): WorkerChannel {
  const worker = new Worker(new URL('./browser-worker.js', import.meta.url), { type: 'module' });
  worker.onmessage = (event) => { events.message(event.data); };
  worker.onmessageerror = () => { events.death('a message could not be read'); };
  worker.onerror = (event) => {
    event.preventDefault();
    events.death(event.message || 'its script could not be loaded');
  };
  return {
    post: (message, transfer) => { worker.postMessage(message, transfer as Transferable[]); },
    setBusy: () => undefined,
    terminate: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
}
