/** Every study that can be kept in a folder: cancelled on its way, damaged, resumed on other parts, and put together from shards, it ends with the same bytes. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CliResult, runCli } from './run-cli.js';
import { atFirstPart, parts } from './study-parts.js';

const cbpp = fileURLToPath(new URL('../../data/cbpp.csv', import.meta.url));
const EPIL = fileURLToPath(new URL('../../data/epil.csv', import.meta.url));
const modelOf = (random: string): string[] =>
  [cbpp, '--formula', `cbind(incidence, size - incidence) ~ period + ${random}`, '--family', 'binomial', '--types', 'period=factor', '--backend', 'cpu', '--workers', '1'];
const MODEL = modelOf('(1 | herd)');
const DESIGN = ['--design', 'clinic[12]; arm = a|b; size = 15', '--formula', 'cbind(y, size - y) ~ arm + (1 | clinic)', '--family', 'binomial',
  '--params', '(Intercept)=-1,armb=0.5,clinic.(Intercept)=0.6', '--tested', 'armb', '--backend', 'cpu', '--workers', '1'];

const folder = mkdtempSync(join(tmpdir(), 'glmmgpu-studies-'));
const at = (name: string): string => join(folder, name);
/** Counts of many items for the rows of cbpp, with gaps; of one item they are all zero, of another negative. */
const ITEMS = at('items.csv');
beforeAll(() => {
  const items = Array.from({ length: 400 }, (_, j) => `item${j}`);
  const count = (i: number, j: number): number | string => (j === 7 ? 0 : j === 8 ? -1 : (i * j) % 11 === 3 ? '' : (i * 7 + j * i * i) % (3 + (j % 5)));
  writeFileSync(ITEMS, readFileSync(cbpp, 'utf8').trim().split('\n').map((line, i) => [line, ...(i === 0 ? items : items.map((_, j) => count(i, j)))].join(',')).join('\n'));
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Cancelled by Ctrl-C as soon as a part is on the disk; once more where the study was done before the signal came. */
async function cancelled(args: readonly string[], out: string): Promise<CliResult> {
  for (let attempt = 1; ; attempt++) {
    const end = await runCli([...args, '--part-size', '40', '--out', out], { started: atFirstPart(out, (child) => child.kill('SIGINT')) });
    if (end.code !== 0 || attempt === 5) return end;
    rmSync(out, { recursive: true });
  }
}

/** Studies that know their number of replicates, and those that stop by their results. */
const FIXED: readonly (readonly [string, readonly string[], string])[] = [
  ['lrt', [...MODEL, '--null', '~ 1 + (1 | herd)', '--nsim', '600'], 'lrt.csv'],
  ['calibrate', [...MODEL, '--nsim', '150', '--inner', '12'], 'calibrate.csv'],
  ['permute', [...MODEL, '--columns', 'period2,period3,period4', '--nsim', '600'], 'permute.csv'],
  ['power', [...DESIGN, '--effects', '0,0.5', '--tests', 'z,lrt', '--nsim', '250'], 'power.csv'],
  ['influence', [EPIL, '--formula', 'y ~ trt * lbase + (1 | subject)', '--family', 'nbinom2', '--backend', 'cpu', '--workers', '1', '--by', 'rows'], 'influence.csv'],
  ['crossvalidate', [...MODEL, '--by', 'rows', '--folds', '10', '--repeats', '40'], 'crossvalidate.csv'],
  ['many', [ITEMS, '--formula', 'y ~ period + (1 | herd)', '--family', 'nbinom2', '--types', 'period=factor', '--responses', 'item*', '--backend', 'cpu', '--workers', '1'], 'many.csv'],
];
const STOPPING: typeof FIXED = [
  ['lrt', [...modelOf('(1 + size | herd)'), '--null', '~ period + (1 | herd)', '--nsim', '2000', '--stop-after', '60'], 'lrt.csv'],
  ['power', [...DESIGN, '--effects', '0,0.5', '--tests', 'simulatedLrt', '--nsim', '800', '--width', '0.1'], 'power.csv'],
];

describe.each([...FIXED, ...STOPPING.map(([name, args, table]) => [name, args, table] as const)])('%s %j', (name, args, table) => {
  const id = `${name}-${args.includes('--stop-after') || args.includes('--width') ? 'stopping' : 'fixed'}`;
  const results = (out: string): Buffer[] => ['replicates.parquet', table].map((file) => readFileSync(join(out, file)));
  let whole: CliResult;
  beforeAll(async () => { whole = await runCli([name, ...args, '--out', at(`${id}-whole`)]); }, 120_000);

  test('cancelled, damaged and resumed', async () => {
    expect([whole.code, whole.stderr]).toEqual([0, '']);
    const out = at(`${id}-cancelled`);
    const first = await cancelled([name, ...args], out);
    expect(first.code).toBe(130);
    expect(first.stderr).toMatch(/^glmmgpu: cancelled; [\d,]+ of [\d,]+ replicates are in '.*'; go on with --resume\n$/);
    truncateSync(join(out, 'parts', parts(out)[0]!), 50);
    const { code, stderr } = await runCli([name, ...args, '--out', out, '--resume']);
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^glmmgpu: .* is damaged: its checksum differs; its replicates are computed again\n$/)]);
    expect(results(out)).toEqual(results(at(`${id}-whole`)));
    expect(readdirSync(out).sort()).toEqual(readdirSync(at(`${id}-whole`)).sort());
  }, 120_000);

  test('without a folder it prints the same', async () => {
    const { code, stdout } = await runCli([name, ...args, '--csv', at(`${id}.csv`)]);
    expect(code).toBe(0);
    const timeless = (text: string): string => text.split('\n').filter((line) => !/^(Fitted by|Written to|\d[\d,]* (re)?fits in )/.test(line)).join('\n').trim();
    expect(timeless(stdout)).toBe(timeless(whole.stdout));
    expect(readFileSync(at(`${id}.csv`), 'utf8')).toBe(readFileSync(join(at(`${id}-whole`), table), 'utf8'));
  }, 120_000);
});

test.each(FIXED)('%s in two shards', async (name, args, table) => {
  for (const index of [1, 2]) expect((await runCli([name, ...args, '--shard', `${index}/2`, '--out', at(`${name}-shard-${index}`)])).code).toBe(0);
  const merged = await runCli(['merge', at(`${name}-shard-1`), at(`${name}-shard-2`), '--out', at(`${name}-merged`)]);
  expect([merged.code, merged.stderr]).toEqual([0, '']);
  for (const file of ['replicates.parquet', table]) expect(readFileSync(join(at(`${name}-merged`), file)).equals(readFileSync(join(at(`${name}-fixed-whole`), file))), file).toBe(true);
}, 120_000);

test.each(STOPPING)('%s that stops by its results cannot be shared out', async (name, args) => {
  const { code, stderr } = await runCli([name, ...args, '--shard', '1/2', '--out', at('refused')]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^glmmgpu: a study that stops by its results .* cannot be shared out; .*\n$/)]);
});

test('a stopped study has fewer replicates than it might have had', () => {
  const { nsim, stopped } = JSON.parse(readFileSync(join(at('lrt-stopping-whole'), 'lrt.json'), 'utf8')) as { nsim: number; stopped: boolean };
  expect(stopped).toBe(true);
  expect(nsim).toBeLessThan(2000);
  const { rows } = JSON.parse(readFileSync(join(at('power-stopping-whole'), 'power.json'), 'utf8')) as { rows: { nsim: number }[] };
  for (const row of rows) expect(row.nsim).toBeLessThan(800);
});
