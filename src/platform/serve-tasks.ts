/** The worker's side of the pool: opens jobs, runs tasks one after another, answers with results or errors. */
import { type FromWorker, type ToWorker, errorToData } from './worker-messages.js';

export interface TaskResult {
  readonly result: unknown;
  readonly transfer: readonly Transferable[];
}

/** One open job in a worker. */
export interface JobHandler {
  run(task: unknown): Promise<TaskResult>;
  close(): void;
}

export type Send = (message: FromWorker, transfer: readonly Transferable[]) => void;

/**
 * Returns the function that takes the pool's messages and tells the pool that the worker is ready. `open` may throw; the error is then
 * the answer to the first task of that job.
 */
export function serveTasks(open: (context: unknown) => JobHandler, send: Send): (message: ToWorker) => void {
  const contexts = new Map<number, unknown>();
  const handlers = new Map<number, JobHandler>();

  const handlerOf = (job: number): JobHandler => {
    let handler = handlers.get(job);
    if (handler === undefined) {
      handler = open(contexts.get(job));
      handlers.set(job, handler);
    }
    return handler;
  };
  const run = async (job: number, id: number, task: unknown): Promise<void> => {
    try {
      const { result, transfer } = await handlerOf(job).run(task);
      send({ kind: 'done', id, result }, transfer);
    } catch (error) {
      send({ kind: 'failed', id, error: errorToData(error) }, []);
    }
  };

  send({ kind: 'ready' }, []);
  return (message) => {
    switch (message.kind) {
      case 'open':
        contexts.set(message.job, message.context);
        return;
      case 'task':
        void run(message.job, message.id, message.task);
        return;
      case 'close':
        handlers.get(message.job)?.close();
        handlers.delete(message.job);
        contexts.delete(message.job);
        return;
      default:
        message satisfies never;
    }
  };
}
