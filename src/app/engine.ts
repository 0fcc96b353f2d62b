/** The engine worker as the page sees it: one promise per request. A worker that stopped is replaced by an empty one. */
import type { FromEngine, RequestName, Requests, StudyView, ToEngine } from './messages.js';

export interface Listeners {
  readonly onStage?: (stage: string) => void;
  readonly onLive?: (view: StudyView) => void;
  /** Aborting stops the request at once for the page, and as soon as it can for the engine. */
  readonly signal?: AbortSignal;
}

export interface Engine {
  /** @throws Mistake with the engine's message; Cancelled where the signal was aborted; EngineLost where the worker was replaced. */
  ask<K extends RequestName>(kind: K, ask: Requests[K]['ask'], listeners?: Listeners): Promise<Requests[K]['answer']>;
  /** Gives up the worker and what it holds, and starts another one. */
  restart(): void;
}

export interface EngineEvents {
  /** The worker is another one, which holds nothing; the old one stopped for this reason. */
  readonly onRestart: (reason: string) => void;
  /** Whether something waits for a worker that has been silent for long. */
  readonly onSilence: (silent: boolean) => void;
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

/** A request was lost with the worker that had it, which `onRestart` has told of. */
export class EngineLost extends Error {}

interface Waiting extends Listeners {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Milliseconds between two looks for signs of life, and without any until that is told: a browser may end a worker without a word. */
const BETWEEN_PINGS = 2000;
const LONG_SILENCE = 20_000;

export function startEngine({ onRestart, onSilence }: EngineEvents): Engine {
  const waiting = new Map<number, Waiting>();
  let last = 0;
  let heard = 0;
  let worker = spawn();

  function spawn(): Worker {
    const made = new Worker(new URL('./engine/worker.ts', import.meta.url), { type: 'module' });
    let begun = false;
    made.onmessage = ({ data }: MessageEvent<FromEngine>) => {
      begun = true;
      heard = performance.now();
      onSilence(false);
      if (data.kind !== 'alive') receive(data);
    };
    made.onerror = (event) => {
      event.preventDefault();
      // One that never said a word would not be better for being started again.
      if (begun) replace(event.message || 'it ended without a message');
      else giveUp(new Error(`the engine could not be started: ${event.message || 'its script could not be loaded'}; reload the page`));
    };
    return made;
  }

  function receive(data: Exclude<FromEngine, { kind: 'alive' }>): void {
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
  }

  function giveUp(error: Error): void {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  }

  function replace(reason: string): void {
    worker.terminate();
    giveUp(new EngineLost(`the engine stopped: ${reason}`));
    onSilence(false);
    worker = spawn();
    onRestart(reason);
  }

  setInterval(() => {
    if (waiting.size === 0) return;
    worker.postMessage({ kind: 'ping' } satisfies ToEngine);
    if (performance.now() - heard > LONG_SILENCE) onSilence(true);
  }, BETWEEN_PINGS);

  return {
    ask: (kind, ask, listeners = {}) => new Promise((resolve, reject) => {
      if (listeners.signal?.aborted === true) {
        reject(new Cancelled('cancelled'));
        return;
      }
      const id = ++last;
      if (waiting.size === 0) heard = performance.now();
      waiting.set(id, { ...listeners, resolve: resolve as (answer: unknown) => void, reject });
      listeners.signal?.addEventListener('abort', () => {
        if (!waiting.delete(id)) return;
        worker.postMessage({ id, kind: 'cancel' } satisfies ToEngine);
        reject(new Cancelled('cancelled'));
      });
      worker.postMessage({ id, kind, ask });
    }),
    restart: () => { replace('it was asked to'); },
  };
}
