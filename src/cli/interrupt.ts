/** Ctrl-C as an AbortSignal. */
import { constants } from 'node:os';
import { Interrupted, exitCodeOfSignal } from './failures.js';

/**
 * Runs work that can be cancelled. The first SIGINT or SIGTERM aborts its signal and, once the work has stopped, throws Interrupted; a second
 * one ends the process at once.
 * @param kept says, once the work has stopped, what is left of it
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>, kept = (): string => 'nothing was written'): Promise<Result> {
  const controller = new AbortController();
  let signalNumber = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    signalNumber = constants.signals[name];
    if (controller.signal.aborted) process.exit(exitCodeOfSignal(signalNumber));
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work(controller.signal);
  } catch (error) {
    // Whatever the work threw on its way out, the reason was the signal.
    throw controller.signal.aborted ? new Interrupted(signalNumber, kept()) : error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
