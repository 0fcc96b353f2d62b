/** Runs that are killed, shared out and watched, as a user has them: processes and folders. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Progress } from '../../src/fit/types.js';
import { type CliResult, runCli } from './run-cli.js';
import { atFirstPart } from './study-parts.js';

const cbpp = fileURLToPath(new URL('../../data/cbpp.csv', import.meta.url));
const FORMULA = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';
const MODEL = [cbpp, '--formula', FORMULA, '--family', 'binomial', '--types', 'period=factor', '--backend', 'cpu'];
const NSIM = 3000;

let folder = '';
const at = (name: string): string => join(folder, name);
const bootstrap = (...args: string[]): Promise<CliResult> => runCli(['bootstrap', ...MODEL, '--nsim', String(NSIM), '--seed', '11', ...args]);
/** Bytes of what must not depend on how a run went. */
const results = (name: string): Buffer[] => ['replicates.parquet', 'intervals.csv', 'fit.json'].map((file) => readFileSync(join(at(name), file)));

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'glmmgpu-durable-'));
  expect((await bootstrap('--out', at('whole'))).code).toBe(0);
}, 60_000);
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

test('killed at random moments and resumed, a run ends with the same bytes', async () => {
  const moments: number[] = [];
  let end: CliResult;
  do {
    const moment = 300 + 1200 * Math.random();
    moments.push(moment);
    end = await runCli(['bootstrap', ...MODEL, '--nsim', String(NSIM), '--seed', '11', '--part-size', '60', '--workers', '2', '--out', at('killed'), '--resume'], {
      // The last rounds are left alone, so that the test ends.
      started: (child) => { if (moments.length <= 5) setTimeout(() => child.kill('SIGKILL'), moment); },
    });
    expect(end.code === 0 || end.signal === 'SIGKILL', `${end.stderr} after kills at ${moments.join(', ')} ms`).toBe(true);
  } while (end.code !== 0);
  expect(results('killed'), `kills at ${moments.join(', ')} ms`).toEqual(results('whole'));
  expect(readdirSync(at('killed')).sort()).toEqual(readdirSync(at('whole')).sort());
});

describe('shards', () => {
  beforeAll(async () => {
    for (const index of [1, 2, 3]) {
      const { code, stdout } = await bootstrap('--shard', `${index}/3`, '--workers', String(index), '--out', at(`shard-${index}`));
      expect(code).toBe(0);
      expect(stdout).toContain(`Shard ${index} of 3: replicates `);
    }
  }, 60_000);

  test('put together are the whole', async () => {
    const { code, stdout, stderr } = await runCli(['merge', ...[2, 3, 1].map((index) => at(`shard-${index}`)), '--out', at('merged'), '--json', at('merged.json')]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Status of 3,000 refits:');
    expect(results('merged')).toEqual(results('whole'));
    expect((JSON.parse(readFileSync(at('merged.json'), 'utf8')) as { bootstrap: { nsim: number } }).bootstrap.nsim).toBe(NSIM);
  });

  test.each([
    ['a missing one', ['shard-1', 'shard-3'], /none of the folders holds replicates 1001 to 2000 \(shard 2\/3\); add the missing ones/],
    ['missing ones at the end', ['shard-1'], /replicates 1001 to 3000 \(shard 2\/3, 3\/3\)/],
    ['one twice', ['shard-1', 'shard-2', 'shard-3', 'shard-2'], /both hold replicates 1001 to 2000/],
    ['a run that is no shard', ['whole'], /is no shard: it is for all replicates/],
    ['a folder without a study', ['.'], /holds no study: there is no manifest.json in it/],
  ])('%s: an error that says so', async (_, names, message) => {
    const { code, stderr } = await runCli(['merge', ...names.map(at), '--out', at('refused')]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  test('one without replicates says so', async () => {
    const { code, stdout } = await runCli(['bootstrap', ...MODEL, '--nsim', '2', '--seed', '1', '--shard', '1/5', '--out', at('empty'), '--json', at('empty.json')]);
    expect(code).toBe(0);
    expect(stdout).toContain('Shard 1 of 5 is empty: there are only 2 replicates for 5 shards');
    expect(JSON.parse(readFileSync(at('empty.json'), 'utf8'))).toMatchObject({ total: 2, first: null, last: null });
  });

  test('one of another study, and one that is not complete', async () => {
    await runCli(['bootstrap', ...MODEL, '--nsim', String(NSIM), '--seed', '12', '--shard', '2/3', '--out', at('foreign')]);
    const foreign = await runCli(['merge', at('shard-1'), at('foreign'), '--out', at('refused')]);
    expect([foreign.code, foreign.stderr]).toEqual([2, expect.stringMatching(/foreign' is of another study than '.*shard-1': seed is 11 there and 12 here\n$/)]);
    const part = readdirSync(join(at('shard-3'), 'parts'))[0]!;
    rmSync(join(at('shard-3'), 'parts', part));
    const lacking = await runCli(['merge', ...[1, 2, 3].map((index) => at(`shard-${index}`)), '--out', at('refused')]);
    expect([lacking.code, lacking.stderr]).toEqual([2, expect.stringMatching(/shard-3' \(shard 3\/3\) lacks replicates 2001 to \d+; run it again with --resume\n$/)]);
  });
});

describe('progress', () => {
  test('as lines of JSON', async () => {
    const { stderr, stdout } = await runCli(['bootstrap', ...MODEL, '--nsim', '200', '--progress', 'json', '--json', '-']);
    const reports = stderr.trimEnd().split('\n').map((line) => JSON.parse(line) as Progress);
    expect(reports[0]).toEqual({ stage: 'refits', done: 0, total: 200, rate: 0, secondsLeft: null });
    expect(reports.at(-1)).toMatchObject({ stage: 'refits', done: 200, total: 200, secondsLeft: 0 });
    expect(reports.at(-1)!.rate).toBeGreaterThan(0);
    JSON.parse(stdout);
  });
});

test('two processes do not write one folder', async () => {
  let second: Promise<CliResult> | undefined;
  const first = await runCli(['bootstrap', ...MODEL, '--nsim', '2000000', '--out', at('shared')], {
    started: atFirstPart(at('shared'), (child) => {
      second = runCli(['bootstrap', ...MODEL, '--nsim', '2000000', '--out', at('shared'), '--resume']);
      void second.then(() => child.kill('SIGTERM'));
    }),
  });
  const { code, stderr } = await second!;
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^glmmgpu: '.*shared' is in use by process \d+ on .* \(last sign of life \d+ s ago\); wait for it.*\n$/)]);
  expect(first.code).toBe(143);
});

test.each([
  [['--resume'], /--resume needs the folder of the run/],
  [['--shard', '1/2'], /--shard needs the folder of the run/],
  [['--shard', '3/2', '--out', 'x'], /--shard is written i\/n with i from 1 to n, not '3\/2'/],
  [['--shard', 'half', '--out', 'x'], /--shard is written i\/n/],
  [['--resume', '--force', '--out', 'x'], /--resume goes on with a run and --force replaces it/],
  [['--progress', 'loud'], /--progress is bar, json, none, not 'loud'/],
])('%s is refused', async (args, message) => {
  const { code, stderr } = await bootstrap(...args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
});
