import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.js';
import type { WorkerChannel, WorkerEvents } from '../../src/platform/platform.js';
import { type Job, WorkerLostError, WorkerPool } from '../../src/platform/worker-pool.js';

let spawned = 0;

function spawnFrom(file: string): (events: WorkerEvents) => WorkerChannel {
  return (events) => {
    spawned++;
    const worker = new Worker(new URL(file, import.meta.url));
    worker.on('message', (data) => { events.message(data); });
    worker.on('error', (error) => { events.death((error).message); });
    worker.on('exit', (code) => { events.death(`exit ${code}`); });
    return {
      post: (message, transfer) => { worker.postMessage(message, transfer as ArrayBuffer[]); },
      setBusy: () => undefined,
      terminate: async () => { await worker.terminate(); },
    };
  };
}

const pools: WorkerPool[] = [];
function createPool(size: number, file = './test-worker.mjs'): WorkerPool {
  spawned = 0;
  const pool = new WorkerPool(size, spawnFrom(file));
  pools.push(pool);
  return pool;
}
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.dispose();
});

const run = (job: Job, task: unknown, transfer: Transferable[] = []): Promise<unknown> => job.run(() => ({ task, transfer }));
interface Echo {
  context: unknown;
  value: unknown;
  threadId: number;
  opened: unknown[];
}

describe('WorkerPool', () => {
  test('tasks run on at most `size` workers; each gets the context once', async () => {
    const pool = createPool(2);
    const job = pool.open('context A');
    const answers = (await Promise.all(Array.from({ length: 12 }, (_, value) => run(job, { kind: 'echo', value })))) as Echo[];
    expect(answers.map(({ value }) => value)).toEqual(Array.from({ length: 12 }, (_, value) => value));
    expect(spawned).toBe(2);
    expect(new Set(answers.map(({ threadId }) => threadId)).size).toBe(2);
    for (const { context, opened } of answers) expect([context, opened]).toEqual(['context A', ['context A']]);
  });

  test('two jobs share the workers; a closed one is forgotten', async () => {
    const pool = createPool(1);
    const [a, b] = [pool.open('a'), pool.open('b')];
    expect(((await run(a, { kind: 'echo' })) as Echo).opened).toEqual(['a']);
    expect(((await run(b, { kind: 'echo' })) as Echo).opened).toEqual(['a', 'b']);
    a.close();
    expect(((await run(b, { kind: 'echo' })) as Echo).opened).toEqual(['b']);
  });

  test('buffers are transferred both ways', async () => {
    const job = createPool(1).open(null);
    const numbers = Float64Array.of(1, 2);
    expect(await run(job, { kind: 'double', numbers }, [numbers.buffer])).toEqual(Float64Array.of(2, 4));
    expect(numbers.length).toBe(0);
  });

  test('an error keeps its class, message and fields; the worker lives on', async () => {
    const job = createPool(1).open(null);
    const error: unknown = await run(job, { kind: 'fail' }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ message: 'row 7 of x is bad', column: 'x', row: 7 });
    expect((error as Error).stack).toMatch(/test-worker/);
    await run(job, { kind: 'echo' });
    expect(spawned).toBe(1);
  });

  test('a context that cannot be opened fails its tasks, not the worker', async () => {
    const pool = createPool(1);
    await expect(run(pool.open('unusable'), { kind: 'echo' })).rejects.toThrow('no such context');
    await run(pool.open('fine'), { kind: 'echo' });
    expect(spawned).toBe(1);
  });

  test('a task that cannot be cloned is refused, the pool goes on', async () => {
    const job = createPool(1).open(null);
    await expect(run(job, { kind: 'echo', value: () => 1 })).rejects.toThrow(/clone/);
    await run(job, { kind: 'echo' });
  });

  test('the task of a worker that dies is prepared again and repeated', async () => {
    const job = createPool(2).open(null);
    await run(job, { kind: 'echo' });
    const flags = new SharedArrayBuffer(4);
    let prepared = 0;
    const answer = job.run(() => {
      prepared++;
      return { task: { kind: 'die-unless', flags }, transfer: [] };
    });
    expect(await answer).toBe('done at the second attempt');
    expect(prepared).toBe(2);
  });

  test('a task that kills two workers is reported; others are not harmed', async () => {
    const job = createPool(2).open(null);
    await run(job, { kind: 'echo' });
    const [bad, ...good] = await Promise.allSettled([run(job, { kind: 'die' }), ...Array.from({ length: 6 }, () => run(job, { kind: 'echo' }))]);
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'WorkerLostError', started: true } });
    expect((bad as PromiseRejectedResult).reason).toBeInstanceOf(WorkerLostError);
    expect(((bad as PromiseRejectedResult).reason as Error).message).toMatch(/^2 worker threads died of the same task: /);
    expect(good.every(({ status }) => status === 'fulfilled')).toBe(true);
  });

  test('workers that cannot start are reported as such', async () => {
    const job = createPool(2, './no-such-worker.mjs').open(null);
    const results = await Promise.allSettled([run(job, {}), run(job, {}), run(job, {})]);
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: { name: 'WorkerLostError', started: false } });
  });

  test('cancel rejects running and waiting tasks at once with the reason and replaces busy workers only', async () => {
    const pool = createPool(2);
    const [spinning, other] = [pool.open('s'), pool.open('o')];
    await run(other, { kind: 'echo' });
    const tasks = [run(spinning, { kind: 'spin' }), run(spinning, { kind: 'spin' }), run(spinning, { kind: 'echo' })];
    const settled = Promise.allSettled(tasks);
    const waiting = run(other, { kind: 'echo', value: 9 });
    const reason = new Error('enough');
    spinning.cancel(reason);
    for (const result of await settled) expect(result).toEqual({ status: 'rejected', reason });
    expect(((await waiting) as Echo).value).toBe(9);
  });

  test('dispose rejects what is not done, later tasks too', async () => {
    const pool = createPool(1);
    const job = pool.open(null);
    const settled = Promise.allSettled([run(job, { kind: 'spin' })]);
    await pool.dispose();
    expect((await settled)[0]).toMatchObject({ status: 'rejected', reason: { message: 'the worker pool has been disposed' } });
    await expect(run(job, { kind: 'echo' })).rejects.toThrow('disposed');
  });
});

test('a process ends by itself: after fitBatch, after dispose, and with a forgotten engine', async () => {
  const script = fileURLToPath(new URL('./ends-by-itself.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: 100_000 });
  expect(stdout).toBe('fitted on 2 threads, 2 threads\n');
});
