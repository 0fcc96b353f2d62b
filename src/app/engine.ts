/** The engine worker as the page sees it: one promise per request. */
import type { FromEngine, ProgressView, RequestName, Requests, SampleView } from './messages.js';

export interface Listeners {
  readonly onProgress?: (progress: ProgressView) => void;
  readonly onSample?: (sample: SampleView) => void;
}

export interface Engine {
  /** @throws Error with the engine's message. */
  ask<K extends RequestName>(kind: K, ask: Requests[K]['ask'], listeners?: Listeners): Promise<Requests[K]['answer']>;
  /** Stops whatever runs: its promise rejects. */
  cancel(): void;
}

interface Waiting extends Listeners {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function startEngine(): Engine {
  const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
    const request = waiting.get(data.id);
    if (request === undefined) return;
    if (data.kind === 'progress') request.onProgress?.(data.progress);
    else if (data.kind === 'sample') request.onSample?.(data.sample);
    else {
      waiting.delete(data.id);
      if (data.kind === 'done') request.resolve(data.answer);
      else request.reject(new Error(data.message));
    }
  };
  worker.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(new Error(`the engine stopped: ${event.message || 'its script could not be loaded'}; reload the page`));
    waiting.clear();
  };
  return {
    ask: (kind, ask, listeners = {}) => new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { ...listeners, resolve: resolve as (answer: unknown) => void, reject });
      worker.postMessage({ id, kind, ask });
    }),
    cancel: () => { for (const id of waiting.keys()) worker.postMessage({ id, kind: 'cancel' }); },
  };
}
