/** The engine worker as the page sees it: one promise per request. */
import type { FromEngine, RequestName, Requests, StudyView, ToEngine } from './messages.js';

export interface Listeners {
  readonly onStage?: (stage: string) => void;
  readonly onLive?: (view: StudyView) => void;
  /** Aborting stops the request at once for the page, and as soon as it can for the engine. */
  readonly signal?: AbortSignal;
}

export interface Engine {
  /** @throws Mistake with the engine's message; Cancelled where the signal was aborted. */
  ask<K extends RequestName>(kind: K, ask: Requests[K]['ask'], listeners?: Listeners): Promise<Requests[K]['answer']>;
}

/** An error of the engine; `kind` is its class there. */
export class Mistake extends Error {
  readonly kind: string;
  constructor(message: string, kind: string) {
    super(message);
    this.kind = kind;
  }
}

/** A request was given up by the user or by a newer one. */
export class Cancelled extends Error {}

interface Waiting extends Listeners {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

export function startEngine(): Engine {
  const worker = new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.onmessage = ({ data }: MessageEvent<FromEngine>) => {
    // Answers to what was given up find nobody.
    const request = waiting.get(data.id);
    if (request === undefined) return;
    if (data.kind === 'stage') request.onStage?.(data.stage);
    else if (data.kind === 'live') request.onLive?.(data.view);
    else {
      waiting.delete(data.id);
      if (data.kind === 'done') request.resolve(data.answer);
      else request.reject(new Mistake(data.message, data.mistake));
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
      listeners.signal?.addEventListener('abort', () => {
        if (!waiting.delete(id)) return;
        worker.postMessage({ id, kind: 'cancel' } satisfies ToEngine);
        reject(new Cancelled('cancelled'));
      });
      worker.postMessage({ id, kind, ask });
    }),
  };
}
