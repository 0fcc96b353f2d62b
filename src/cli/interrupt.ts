/** Ctrl-C as an AbortSignal. */
import { constants } from 'node:os';
import { Interrupted } from './failures.js';

/**
 * Runs work that can be cancelled. The first SIGINT or SIGTERM aborts its signal and, once the work has stopped, throws Interrupted; a second
 * one ends the process at once.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals): void => {
    const interrupted = new Interrupted(constants.signals[name]);
    if (controller.signal.aborted) process.exit(interrupted.exitCode);
    controller.abort(interrupted);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    // Whatever the work threw on its way out, the reason was the signal.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
