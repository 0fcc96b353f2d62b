/** A study on a queue, with workers that are killed, gives what one machine gives. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { connectRedis } from '../../src/queue/connection.js';
import { addJobs, openQueue } from '../../src/queue/jobs.js';
import { doneRanges, getPart, getSpec, hasPart, listStudies, putPart, putStudy, removeStudy } from '../../src/queue/remote-study.js';
import type { QueueReport } from '../../src/report/format-queue.js';
import { type CliResult, runCli } from '../cli/run-cli.js';
import { type RedisServer, describeRedis, freePort, startRedis } from './redis-server.js';

const cbpp = fileURLToPath(new URL('../../data/cbpp.csv', import.meta.url));
const STUDY = [
  'bootstrap', cbpp, '--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor',
  '--backend', 'cpu', '--nsim', '1200', '--seed', '11',
];
/** More work, for workers that are to be stopped before a job is done: a job takes half a second and more. */
const MORE = ['--nsim', '20000'];

describeRedis('the queue', () => {
  let server: RedisServer;
  let redis: Redis;
  let folder = '';
  beforeAll(async () => {
    server = await startRedis();
    redis = await connectRedis(server.url);
    folder = mkdtempSync(join(tmpdir(), 'glmmgpu-queue-'));
    expect((await runCli([...STUDY, '--out', at('whole')])).code).toBe(0);
  }, 60_000);
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async () => { await redis.flushall(); });

  const at = (name: string): string => join(folder, name);
  const results = (name: string): Buffer[] => ['replicates.parquet', 'intervals.csv', 'fit.json'].map((file) => readFileSync(join(at(name), file)));
  const queue = (...args: string[]): Promise<CliResult> => runCli(['queue', ...args, '--redis', server.url]);
  const submit = (name: string, ...args: string[]): Promise<CliResult> => queue('submit', ...STUDY, '--job-size', '300', '--out', at(name), ...args);
  const status = async (): Promise<QueueReport> => JSON.parse((await queue('status', '--json', '-')).stdout) as QueueReport;
  /** A worker; `signal` is sent to it as soon as it has a job in hand. */
  const worker = (signal?: NodeJS.Signals): Promise<CliResult> => runCli(
    ['queue', 'worker', '--redis', server.url, '--backend', 'cpu', '--workers', '1', '--stalled-after', '1', '--idle', '2', '--progress', 'json'],
    { started: (child) => { if (signal !== undefined) child.stderr?.once('data', () => child.kill(signal)); } },
  );

  test('two workers die with a job in hand, a third does it all: the bytes of one machine, and the server is left empty of them', async () => {
    expect((await runCli([...STUDY, ...MORE, '--out', at('whole-killed')])).code).toBe(0);
    expect((await submit('killed', ...MORE, '--job-size', '5000')).stdout).toMatch(/Submitted study [0-9a-f]{12}: 20,000 replicates in 4 jobs\./);
    for (const dead of await Promise.all([worker('SIGKILL'), worker('SIGKILL')])) expect(dead.signal).toBe('SIGKILL');
    const halfway = (await status()).studies[0]!;
    expect(halfway).toMatchObject({ kind: 'bootstrap', total: 20_000, failed: [] });
    expect(halfway.done).toBeLessThan(20_000);
    const collecting = queue('collect', at('killed'), '--wait', '--progress', 'json');
    expect((await worker()).code).toBe(0);
    const { code, stderr, stdout } = await collecting;
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('Status of 20,000 refits:');
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1)!)).toMatchObject({ stage: 'refits', done: 20_000, total: 20_000 });
    expect(results('killed')).toEqual(results('whole-killed'));
    expect((await status()).studies).toEqual([]);
    expect(await redis.keys('glmmgpu:study:*')).toEqual([]);
    expect(await redis.keys('glmmgpu:parts:*')).toEqual([]);
  });

  test.each([
    ['lrt', ['--null', '~ 1 + (1 | herd)', '--nsim', '300']],
    ['calibrate', ['--nsim', '60', '--inner', '10']],
    ['permute', ['--columns', 'period2,period3,period4', '--nsim', '300']],
    ['power', ['--tested', 'period2', '--tests', 'lrt', '--nsim', '200']],
  ])('%s has the bytes of one machine', async (kind, options) => {
    const args = [kind, ...STUDY.slice(1, STUDY.indexOf('--nsim')), ...options];
    expect((await queue('submit', ...args, '--job-size', '70', '--out', at(`queue-${kind}`))).code).toBe(0);
    const [, collected] = await Promise.all([worker(), queue('collect', at(`queue-${kind}`), '--wait')]);
    expect(collected.code, collected.stderr).toBe(0);
    expect((await runCli([...args, '--out', at(`alone-${kind}`)])).code).toBe(0);
    for (const file of ['replicates.parquet', `${kind}.csv`]) expect(readFileSync(join(at(`queue-${kind}`), file)).equals(readFileSync(join(at(`alone-${kind}`), file))), file).toBe(true);
  });

  test('a study that stops by its results is refused', async () => {
    const { code, stderr } = await queue('submit', 'lrt', ...STUDY.slice(1, STUDY.indexOf('--nsim')), '--null', '~ 1 + (1 | herd)', '--stop-after', '5', '--out', at('stopping'));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/stops by its results .* cannot be shared out/)]);
    expect(await redis.keys('glmmgpu:study:*')).toEqual([]);
  });

  test('a worker that is told to stop gives its job back', async () => {
    await submit('stopped', ...MORE, '--job-size', '10000');
    const stopped = await worker('SIGINT');
    expect([stopped.code, stopped.signal]).toEqual([0, null]);
    const jobs = await openQueue(redis);
    expect((await jobs.getJobCounts('wait', 'active', 'failed'))).toEqual({ wait: 2, active: 0, failed: 0 });
    await jobs.close();
  });

  test('what is not done yet is said, what is done is kept, and a damaged part is computed again', async () => {
    await submit('bit-by-bit');
    const early = await queue('collect', at('bit-by-bit'));
    expect([early.code, early.stderr]).toEqual([2, 'glmmgpu: 1,200 of 1,200 replicates are not done yet; collect again later, or add --wait\n']);
    await worker();
    const { id } = (await listStudies(redis))[0]!;
    const range = { from: 300, to: 600 };
    const { name, bytes } = (await getPart(redis, id, range))!;
    await redis.hset(`glmmgpu:parts:${id}`, '300-600', Buffer.concat([Buffer.from(`${name}\n`), bytes.subarray(0, -1)]));
    const damaged = await queue('collect', at('bit-by-bit'));
    expect([damaged.code, damaged.stderr]).toEqual([2, expect.stringContaining('300 of 1,200 replicates are not done yet')]);
    await worker();
    expect((await queue('collect', at('bit-by-bit'))).code).toBe(0);
    expect(results('bit-by-bit')).toEqual(results('whole'));
  });

  test('the server holds what the jobs need, with an expiry: no names of levels, no responses, no paths', async () => {
    await submit('private', '--expire', '0.5');
    await worker();
    const { id } = (await listStudies(redis))[0]!;
    for (const key of [`glmmgpu:study:${id}`, `glmmgpu:parts:${id}`]) {
      const seconds = await redis.ttl(key);
      expect(seconds).toBeGreaterThan(42_000);
      expect(seconds).toBeLessThanOrEqual(43_200);
    }
    const spec = (await getSpec(redis, id)) as unknown as { source: Record<string, unknown> };
    expect(Object.keys(spec.source).sort()).toEqual(['frame', 'metric', 'params', 'settings']);
    expect(Object.keys(spec.source['frame'] as object)).toEqual(['design']);
    expect(JSON.stringify(spec)).not.toContain('cbpp');
    // What ends there is another matter: a study that has expired leaves jobs that find nothing to do.
    await submit('expired', '--seed', '12');
    await Promise.all((await listStudies(redis)).map((study) => removeStudy(redis, study.id)));
    expect((await worker()).code).toBe(0);
    const forgotten = await queue('collect', at('expired'), '--wait');
    expect([forgotten.code, forgotten.stderr]).toEqual([2, expect.stringMatching(/the server does not know study [0-9a-f]{12}, or has forgotten it; submit it again with --resume/)]);
  });

  test('a part that is done twice counts once', async () => {
    const about = { id: 'x', version: '1', kind: 'bootstrap', stage: 'refits', total: 20, expiry: 60 };
    await putStudy(redis, about, { kind: 'bootstrap' });
    const range = { from: 10, to: 20 };
    for (const text of ['first', 'second']) await putPart(redis, about, range, { name: text, bytes: Buffer.from(`${text}\nbytes`) });
    expect(await doneRanges(redis, 'x')).toEqual([range]);
    const part = (await getPart(redis, 'x', range))!;
    expect([part.name, Buffer.from(part.bytes).toString()]).toEqual(['first', 'first\nbytes']);
    expect(await hasPart(redis, 'x', { from: 0, to: 10 })).toBe(false);
  });

  test('jobs are added once however often they are submitted; those that cannot be done are given up with the reason', async () => {
    await submit('odd');
    const [about] = await listStudies(redis);
    const jobs = await openQueue(redis);
    await addJobs(jobs, about!, [{ from: 0, to: 1200 }], 300);
    expect((await jobs.getJobCounts('wait')).wait).toBe(4);
    await putStudy(redis, { ...about!, version: '0.0.1' }, { kind: 'bootstrap' });
    const other = await worker();
    expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/^glmmgpu: the queue holds a study of glmmgpu 0\.0\.1, and this worker is [^\n]*; its job was given back: start a worker of that version\n$/)]);
    expect(await jobs.getJobCounts('wait', 'active', 'delayed', 'failed')).toEqual({ wait: 4, active: 0, delayed: 0, failed: 0 });
    await jobs.close();
    await putStudy(redis, about!, { kind: 'none' });
    await worker();
    expect((await status()).studies[0]!.failed).toHaveLength(4);
    expect((await queue('status')).stdout).toMatch(/0 of 1,200 refits done \(0\.0 %\), 0 jobs running\n {2}given up: refits 1 to 300: unknown kind of study 'none'/);
    const { code, stderr } = await queue('collect', at('odd'), '--wait');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^glmmgpu: replicates \d+ to \d+ were given up: unknown kind of study 'none'.*; submit the study again with --resume\n$/)]);
    expect((await submit('odd', '--resume')).code).toBe(0);
    await worker();
    expect((await queue('collect', at('odd'))).code).toBe(0);
    expect(results('odd')).toEqual(results('whole'));
  });

  test('a wrong password, no password, no server, no address: one line and exit code 2', async () => {
    const nobody = await freePort();
    for (const [url, message] of [
      [`redis://:wrong@127.0.0.1:${server.port}`, /cannot use Redis at redis:\/\/127\.0\.0\.1:\d+: wrong user name or password; check the address and the password/],
      [`redis://127.0.0.1:${server.port}`, /it asks for a password/],
      [`redis://127.0.0.1:${nobody}`, /nothing listens there/],
      ['redis://host.invalid', /there is no such host/],
      ['127.0.0.1:6379', /the address of Redis is written redis:\/\/host:port/],
    ] as const) {
      await expect(connectRedis(url)).rejects.toThrow(message);
    }
    for (const command of [['status'], ['worker', '--idle', '1'], ['submit', ...STUDY, '--out', at('nowhere')]]) {
      const { code, stdout, stderr } = await runCli(['queue', ...command, '--redis', `redis://:wrong@127.0.0.1:${server.port}`]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(/^glmmgpu: cannot use Redis at redis:\/\/127\.0\.0\.1:\d+: wrong user name or password; [^\n]*\n$/);
    }
  });
});
