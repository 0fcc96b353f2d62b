/** Where a long computation can be cancelled. */
import { breathe } from '#platform';

/** Milliseconds of computing between two breaths: short for whoever cancels, nothing beside the work. */
const BREATH_INTERVAL = 50;

/**
 * A point to pass between two steps of a computation that never waits by itself: it lets the caller's timers, signals and input be handled now and
 * then, without which nobody could abort. Throws the signal's reason; costs nothing without a signal.
 */
export function checkpoint(signal: AbortSignal | undefined): () => Promise<void> | undefined {
  if (signal === undefined) return () => undefined;
  let last = performance.now();
  return async () => {
    if (performance.now() - last > BREATH_INTERVAL) {
      await breathe();
      last = performance.now();
    }
    signal.throwIfAborted();
  };
}
