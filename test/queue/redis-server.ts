/** A real Redis server for the tests, on a port of the loopback that is free; Debian's package redis-server has it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const PROGRAM = 'redis-server';
const available = spawnSync(PROGRAM, ['--version']).status === 0;

export interface RedisServer {
  readonly port: number;
  readonly password: string;
  /** Address with the password. */
  readonly url: string;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'glmmgpu-redis-'));
  const port = await freePort();
  const password = 'correct horse';
  const server: ChildProcess = spawn(PROGRAM, ['--port', String(port), '--bind', '127.0.0.1', '--requirepass', password, '--save', '', '--dir', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let ready = false;
  for await (const text of server.stdout!.setEncoding('utf8')) {
    ready = String(text).includes('Ready to accept connections');
    if (ready) break;
  }
  // Somebody else may have taken the port since it was found free.
  if (!ready) return startRedis();
  return {
    port, password, url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    async stop() {
      server.kill('SIGKILL');
      await once(server, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A suite that needs the server; without one it is skipped, and says why. */
export function describeRedis(name: string, body: () => void): void {
  if (available) describe(name, body);
  else describe(`${name} [no ${PROGRAM}: install Debian's package of that name]`, () => { test.skip('needs a server', () => { expect.fail(); }); });
}
