import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { LockError, lockFolder } from '../../src/durable/lock.js';

let folder = '';
const folders: string[] = [];
beforeEach(() => { folders.push(folder = mkdtempSync(join(tmpdir(), 'glmmgpu-lock-'))); });
afterAll(() => { for (const path of folders) rmSync(path, { recursive: true, force: true }); });

const file = (): string => join(folder, 'lock');
const held = (): { host: string; pid: number; token: string } => JSON.parse(readFileSync(file(), 'utf8')) as ReturnType<typeof held>;
/** What a lock of this machine looks like, with some things changed; `age` in seconds. */
async function leave(change: Partial<ReturnType<typeof held>>, age = 0): Promise<void> {
  const lock = await lockFolder(folder);
  const mine = held();
  await lock.release();
  writeFileSync(file(), JSON.stringify({ ...mine, token: 'somebody else', ...change }));
  const then = Date.now() / 1000 - age;
  utimesSync(file(), then, then);
}
/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid!;
}

describe('a lock', () => {
  test('is held by one, and free after release', async () => {
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(LockError);
    await lock.check();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
    await (await lockFolder(folder)).release();
  });

  test('is held by one of many who come at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('a lock that was left behind', () => {
  test('by a process of this machine that is gone is taken over at once', async () => {
    await leave({ pid: await deadProcess() });
    const lock = await lockFolder(folder);
    expect(held().pid).toBe(process.pid);
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('by a process that had our number is taken over: containers start again with the same one', async () => {
    await leave({ pid: process.pid });
    await (await lockFolder(folder)).release();
  });

  test('by a process that lives is respected, until it has been silent for two minutes', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    try {
      await leave({ pid: child.pid! }, 60);
      await expect(lockFolder(folder)).rejects.toThrow(new RegExp(`in use by process ${child.pid!} on .* \\(last sign of life 6\\d s ago\\)`));
      await leaveAgain(130);
      await (await lockFolder(folder)).release();
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('on another machine, where numbers mean nothing, is respected until it has been silent for two minutes', async () => {
    await leave({ host: 'elsewhere pid:[1]', pid: await deadProcess() }, 100);
    await expect(lockFolder(folder)).rejects.toThrow(/in use by process \d+ on elsewhere \(/);
    await leaveAgain(130);
    await (await lockFolder(folder)).release();
  });

  test('by processes killed while they looked at it leaves no files for ever', async () => {
    writeFileSync(join(folder, `lock-${randomUUID()}`), '');
    writeFileSync(join(folder, 'lock-of-mine'), '');
    await (await lockFolder(folder)).release();
    expect(readdirSync(folder)).toEqual(['lock-of-mine']);
  });

  test('half written is respected while it is young', async () => {
    writeFileSync(file(), '{"ho');
    await expect(lockFolder(folder)).rejects.toThrow(/in use by another process/);
    await leaveAgain(130);
    await (await lockFolder(folder)).release();
  });

  test('goes to one of many who find it', async () => {
    await leave({ pid: await deadProcess() });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const locks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(locks.length).toBeGreaterThan(0);
    // Should two have it at first, only one passes the check that comes before every write.
    const checks = await Promise.allSettled(locks.map((lock) => lock.check()));
    expect(checks.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  function leaveAgain(age: number): Promise<void> {
    const then = Date.now() / 1000 - age;
    utimesSync(file(), then, then);
    return Promise.resolve();
  }
});

test('whoever was taken over finds out and leaves the new lock alone', async () => {
  const lock = await lockFolder(folder);
  writeFileSync(file(), JSON.stringify({ ...held(), token: 'new owner' }));
  await expect(lock.check()).rejects.toThrow(/was taken over by another process/);
  await lock.release();
  expect(held().token).toBe('new owner');
});
