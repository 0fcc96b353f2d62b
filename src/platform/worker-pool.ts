/**
 * Worker threads that share jobs. A job has a context (a design, say) that each worker is sent once, and any number of tasks.
 *
 * Own code rather than npm's workerpool, which was judged here: it has no per-worker context (the design would travel with every task),
 * rejects instead of repeating the task of a worker that died, and reaches Node built-ins by require(), which an ESM browser bundle cannot have.
 */
import type { WorkerChannel, WorkerEvents } from './platform.js';
import { type FromWorker, type ToWorker, errorFromData } from './worker-messages.js';

/** A task with the buffers that move to the worker instead of being copied. */
export interface TaskMessage {
  readonly task: unknown;
  readonly transfer: readonly Transferable[];
}

export interface Job {
  /**
   * Runs one task on the next idle worker. `prepare` is called when a worker is there, so that waiting tasks hold no memory, and again
   * if that worker dies and the task is repeated on another one.
   * @throws what the task threw; WorkerLostError if two workers died of it; the reason of `cancel`.
   */
  run(prepare: () => TaskMessage): Promise<unknown>;
  /** Rejects all waiting and running tasks with the reason; workers that run them are ended and replaced when there is new work. */
  cancel(reason: unknown): void;
  /** Lets the workers forget the context. Call it when all tasks are done. */
  close(): void;
}

/** No worker could be started (`started` false), or two of them died of the same task. */
export class WorkerLostError extends Error {
  override name = 'WorkerLostError';
  readonly started: boolean;
  constructor(message: string, started: boolean) {
    super(message);
    this.started = started;
  }
}

/** Workers that may die of one task before it is given up: one death can be chance (memory pressure), two are not. */
const ATTEMPTS = 2;

interface Task {
  readonly id: number;
  readonly job: PoolJob;
  readonly prepare: () => TaskMessage;
  readonly resolve: (result: unknown) => void;
  readonly reject: (reason: unknown) => void;
  deaths: number;
}

interface Slot {
  readonly channel: WorkerChannel;
  /** Jobs whose context the worker has. */
  readonly jobs: Set<number>;
  task: Task | null;
}

export class WorkerPool {
  readonly size: number;
  readonly #spawn: (events: WorkerEvents) => WorkerChannel;
  readonly #slots = new Set<Slot>();
  readonly #waiting: Task[] = [];
  #nextId = 0;
  #everReady = false;
  #disposed = false;

  constructor(size: number, spawn: (events: WorkerEvents) => WorkerChannel) {
    this.size = size;
    this.#spawn = spawn;
  }

  /** Opens a job; `context` must be structured-cloneable. */
  open(context: unknown): Job {
    const job: PoolJob = {
      id: this.#nextId++,
      context,
      run: (prepare) =>
        new Promise((resolve, reject) => {
          if (this.#disposed) {
            reject(new Error('the worker pool has been disposed'));
            return;
          }
          this.#waiting.push({ id: this.#nextId++, job, prepare, resolve, reject, deaths: 0 });
          this.#serve();
        }),
      cancel: (reason) => {
        this.#cancel((task) => task.job === job, reason);
      },
      close: () => {
        for (const slot of this.#slots) if (slot.jobs.delete(job.id)) post(slot, { kind: 'close', job: job.id });
      },
    };
    return job;
  }

  /** Ends all workers; tasks that are not done are rejected. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#cancel(() => true, new Error('the worker pool has been disposed'));
    const channels = [...this.#slots].map((slot) => slot.channel);
    this.#slots.clear();
    await Promise.all(channels.map((channel) => channel.terminate()));
  }

  #cancel(which: (task: Task) => boolean, reason: unknown): void {
    for (let i = this.#waiting.length - 1; i >= 0; i--) {
      if (which(this.#waiting[i]!)) this.#waiting.splice(i, 1)[0]!.reject(reason);
    }
    for (const slot of this.#slots) {
      const { task } = slot;
      if (task === null || !which(task)) continue;
      this.#slots.delete(slot);
      void slot.channel.terminate();
      task.reject(reason);
    }
    this.#serve();
  }

  /** Gives waiting tasks to idle workers, starting workers while there are fewer than `size`. */
  #serve(): void {
    while (this.#waiting.length > 0) {
      let slot = [...this.#slots].find(({ task }) => task === null);
      if (slot === undefined) {
        if (this.#slots.size >= this.size) return;
        try {
          slot = this.#start();
        } catch (error) {
          const cause = error instanceof Error ? error.message : String(error);
          this.#waiting.shift()!.reject(new WorkerLostError(`no worker thread can be started: ${cause}`, false));
          continue;
        }
      }
      this.#give(slot, this.#waiting.shift()!);
    }
  }

  #start(): Slot {
    const channel = this.#spawn({
      message: (data) => {
        this.#receive(slot, data as FromWorker);
      },
      death: (cause) => {
        this.#bury(slot, cause);
      },
    });
    const slot: Slot = { channel, jobs: new Set(), task: null };
    this.#slots.add(slot);
    return slot;
  }

  #give(slot: Slot, task: Task): void {
    const { job } = task;
    try {
      const message = task.prepare();
      slot.task = task;
      slot.channel.setBusy(true);
      if (!slot.jobs.has(job.id)) {
        post(slot, { kind: 'open', job: job.id, context: job.context });
        slot.jobs.add(job.id);
      }
      post(slot, { kind: 'task', job: job.id, id: task.id, task: message.task }, message.transfer);
    } catch (error) {
      // A task or context that cannot be cloned.
      slot.task = null;
      slot.channel.setBusy(false);
      task.reject(error);
    }
  }

  #receive(slot: Slot, message: FromWorker): void {
    if (message.kind === 'ready') {
      this.#everReady = true;
      return;
    }
    const { task } = slot;
    if (task?.id !== message.id) return;
    slot.task = null;
    slot.channel.setBusy(false);
    if (message.kind === 'done') task.resolve(message.result);
    else task.reject(errorFromData(message.error));
    this.#serve();
  }

  #bury(slot: Slot, cause: string): void {
    if (!this.#slots.delete(slot)) return;
    void slot.channel.terminate();
    const { task } = slot;
    if (task !== null) {
      task.deaths++;
      if (!this.#everReady) task.reject(new WorkerLostError(`no worker thread can be started: ${cause}`, false));
      else if (task.deaths >= ATTEMPTS) task.reject(new WorkerLostError(`${task.deaths} worker threads died of the same task: ${cause}`, true));
      else this.#waiting.unshift(task);
    }
    this.#serve();
  }
}

interface PoolJob extends Job {
  readonly id: number;
  readonly context: unknown;
}

function post(slot: Slot, message: ToWorker, transfer: readonly Transferable[] = []): void {
  slot.channel.post(message, transfer);
}
