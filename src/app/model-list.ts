/** The models fitted or opened since the page was loaded. */
import type { ModelView } from './messages.js';

export interface ModelList {
  readonly all: readonly ModelView[];
  add(model: ModelView): void;
  remove(id: number): void;
  clear(): void;
  /** Calls back now and after every change, until the signal. */
  watch(onChange: () => void, signal: AbortSignal): void;
}

export function modelList(): ModelList {
  let all: readonly ModelView[] = [];
  const watchers = new Set<() => void>();
  const set = (models: readonly ModelView[]): void => {
    all = models;
    for (const tell of watchers) tell();
  };
  return {
    get all() { return all; },
    add: (model) => { set([...all, model]); },
    remove: (id) => { set(all.filter((model) => model.id !== id)); },
    clear: () => { set([]); },
    watch(onChange, signal) {
      watchers.add(onChange);
      signal.addEventListener('abort', () => { watchers.delete(onChange); });
      onChange();
    },
  };
}
