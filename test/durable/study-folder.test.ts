/** Whatever happens to a folder, the results of a resumed run are those of an uninterrupted one, byte for byte. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FileError } from '../../src/durable/file-error.js';
import { LockError } from '../../src/durable/lock.js';
import { type FolderOptions, type StudyFolder, openStudyFolder, readStudyFolder } from '../../src/durable/study-folder.js';
import * as writing from '../../src/durable/write-durably.js';
import { runStudy } from '../../src/studies/run-study.js';
import { type CountedStudy, recordOf, squares } from './squares.js';

vi.mock(import('../../src/durable/write-durably.js'), { spy: true });

const base = mkdtempSync(join(tmpdir(), 'glmmgpu-folder-'));
afterAll(() => { rmSync(base, { recursive: true, force: true }); });
let path = '';
let count = 0;
beforeEach(() => { path = join(base, String(count++)); });
afterEach(() => { vi.mocked(writing.writeDurably).mockReset(); });

const TOTAL = 100;
const open = (study: CountedStudy, options: Partial<FolderOptions> = {}, record = recordOf(study)): Promise<StudyFolder> =>
  openStudyFolder(path, record, { mode: 'resume', version: '1.2.3', reports: ['report.txt'], ...options });

/** Runs what is missing; `stopAt`: the run ends there, as by a kill, with the lock left behind. */
async function compute(study: CountedStudy, stopAt = Infinity): Promise<StudyFolder> {
  const folder = await open(study);
  const controller = new AbortController();
  const store = { ...folder, get missing() { return folder.missing; }, write: async (part: Parameters<StudyFolder['write']>[0]) => { await folder.write(part); if (part.to >= stopAt) controller.abort(new Error('stop')); } };
  await runStudy(study, store, { backend: 'cpu', workers: 1, partSize: 10, signal: controller.signal }).catch((error: Error) => { if (error.message !== 'stop') throw error; });
  return folder;
}

async function finished(study: CountedStudy): Promise<Buffer> {
  const folder = await compute(study);
  await folder.finish(new Map([['report.txt', 'all is well']]));
  await folder.close();
  return readFileSync(join(path, 'replicates.parquet'));
}

/** A run that stopped after 40 of 100 replicates. */
async function interrupted(): Promise<string[]> {
  await (await compute(squares(TOTAL), 40)).close();
  return readdirSync(join(path, 'parts')).sort();
}

/** Resumes and compares with an uninterrupted run elsewhere; returns the replicates that were computed on resuming, and the notes. */
async function resumed(): Promise<{ computed: number[]; notes: readonly string[] }> {
  const study = squares(TOTAL);
  const folder = await open(study);
  const { notes } = folder;
  await folder.close();
  const bytes = await finished(study);
  const here = path;
  path = join(base, String(count++));
  expect(bytes.equals(await finished(squares(TOTAL)))).toBe(true);
  path = here;
  return { computed: study.computed, notes };
}
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, k) => from + k);

describe('a run', () => {
  test('leaves the manifest, the spec, the results and the reports, and nothing else', async () => {
    const bytes = await finished(squares(TOTAL));
    expect(readdirSync(path).sort()).toEqual(['manifest.json', 'replicates.parquet', 'report.txt', 'study.json.gz']);
    const rows = await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer });
    expect(rows[7]).toEqual({ i: 7, square: 49 + 1 / 7, parity: 'odd' });
    expect(rows.map((row) => Number(row['i']))).toEqual(numbers(0, TOTAL));
    const { manifest, spec } = await readStudyFolder(path);
    expect(manifest).toMatchObject({ version: '1.2.3', kind: 'squares', total: TOTAL, shard: null, options: { seed: 1 }, data: { path: '/data.csv', sha256: 'abc' }, context: { estimate: NaN } });
    expect(spec).toEqual({ kind: 'squares', seed: 1, total: TOTAL });
  });

  test('results are read a column at a time, before and after the parts are gone', async () => {
    const folder = await compute(squares(TOTAL));
    const squared = Float64Array.from({ length: TOTAL }, (_, i) => i * i + 1 / 7);
    expect(await folder.results().column('square')).toEqual(squared);
    expect((await folder.results().column('parity'))[99]).toBe('odd');
    await expect(folder.results().column('cube')).rejects.toThrow(/no column 'cube'/);
    await folder.finish(new Map());
    await folder.close();
    const again = await open(squares(TOTAL));
    expect(again.missing).toEqual([]);
    expect(await again.results().column('square')).toEqual(squared);
    expect(again.results().backend.device).toBe('1 thread');
    await again.close();
  });

  test('the bytes of the results do not depend on the parts', async () => {
    const bytes = await finished(squares(TOTAL));
    path = join(base, String(count++));
    const folder = await open(squares(TOTAL));
    await runStudy(squares(TOTAL), folder, { backend: 'cpu', workers: 1, partSize: 33 });
    await folder.finish(new Map());
    await folder.close();
    expect(readFileSync(join(path, 'replicates.parquet')).equals(bytes)).toBe(true);
  });
});

describe('resuming', () => {
  test('computes what is missing', async () => {
    expect(await interrupted()).toHaveLength(4);
    expect(await resumed()).toEqual({ computed: numbers(40, 100), notes: [] });
  });

  test.each([
    ['a flipped bit', (part: string) => { const bytes = readFileSync(part); bytes[50]! ^= 1; writeFileSync(part, bytes); }, /damaged/],
    ['a cut file', (part: string) => { truncateSync(part, 100); }, /damaged/],
    ['an empty file', (part: string) => { truncateSync(part, 0); }, /damaged/],
    ['a file under another name', (part: string) => { renameSync(part, part.replace('000000000010-000000000020', '000000000011-000000000020')); }, /other replicates than its name says/],
    ['a file that is none of ours', (part: string) => { rmSync(part); writeFileSync(join(part, '..', 'holiday.jpg'), 'sun'); }, /no part of a study/],
  ])('%s is found and computed again', async (_, harm, note) => {
    const parts = await interrupted();
    harm(join(path, 'parts', parts[1]!));
    const { computed, notes } = await resumed();
    expect(computed).toEqual([...numbers(10, 20), ...numbers(40, 100)]);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(note);
  });

  test('a part of another study is found by what it says of itself, though its checksum is right', async () => {
    const parts = await interrupted();
    const here = path;
    path = join(base, String(count++));
    await (await compute(squares(TOTAL, 2), 40)).close();
    const foreign = readdirSync(join(path, 'parts')).sort()[1]!;
    rmSync(join(here, 'parts', parts[1]!));
    copyFileSync(join(path, 'parts', foreign), join(here, 'parts', foreign));
    path = here;
    const { computed, notes } = await resumed();
    expect(computed).toEqual([...numbers(10, 20), ...numbers(40, 100)]);
    expect(notes[0]).toMatch(/belongs to another study; its replicates are computed again/);
  });

  test('what a killed process was writing goes without a word', async () => {
    await interrupted();
    writeFileSync(join(path, 'parts', `.x.parquet.17${writing.PARTIAL}`), 'half');
    writeFileSync(join(path, `.replicates.parquet.17${writing.PARTIAL}`), 'half');
    expect(await resumed()).toEqual({ computed: numbers(40, 100), notes: [] });
    expect(readdirSync(path).filter((name) => name.endsWith(writing.PARTIAL))).toEqual([]);
  });

  test('finished results that are damaged or gone are computed again', async () => {
    for (const harm of [(file: string) => { truncateSync(file, 30); }, (file: string) => { rmSync(file); }]) {
      await finished(squares(TOTAL));
      harm(join(path, 'replicates.parquet'));
      // The run that mends them is interrupted, too.
      await interrupted();
      expect((await resumed()).computed).toEqual(numbers(40, 100));
      rmSync(path, { recursive: true });
    }
  });

  test('finished results that are whole are left alone', async () => {
    await finished(squares(TOTAL));
    expect(await resumed()).toEqual({ computed: [], notes: [] });
  });
});

describe('a full disk', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  test('while parts are written: one sentence, and nothing is lost', async () => {
    const actual = await vi.importActual<typeof writing>('../../src/durable/write-durably.js');
    let parts = 0;
    vi.mocked(writing.writeDurably).mockImplementation((file, content) => (file.includes('parts') && ++parts > 3 ? Promise.reject(full) : actual.writeDurably(file, content)));
    const folder = await open(squares(TOTAL));
    const run = runStudy(squares(TOTAL), folder, { backend: 'cpu', workers: 1, partSize: 10 });
    await expect(run).rejects.toThrow(/^cannot write '.*parts.*': no space left on the device; .*--resume/);
    await expect(run).rejects.toThrow(FileError);
    await folder.close();
    vi.mocked(writing.writeDurably).mockReset();
    expect((await resumed()).computed).toEqual(numbers(30, 100));
  });

  test.each(['replicates.parquet', 'report.txt', 'manifest.json'])('while %s is written', async (name) => {
    const folder = await compute(squares(TOTAL));
    const actual = await vi.importActual<typeof writing>('../../src/durable/write-durably.js');
    vi.mocked(writing.writeDurably).mockImplementation((file, content) => (file.endsWith(name) ? Promise.reject(full) : actual.writeDurably(file, content)));
    await expect(folder.finish(new Map([['report.txt', 'done']]))).rejects.toThrow(/no space left on the device/);
    await folder.close();
    vi.mocked(writing.writeDurably).mockReset();
    expect((await resumed()).computed).toEqual([]);
  });

  test('a real one: a file that cannot grow leaves no trace', async () => {
    mkdirSync(path);
    await expect(writing.writeDurably(join(path, 'file'), () => Promise.reject(full))).rejects.toThrow(/ENOSPC/);
    expect(readdirSync(path)).toEqual([]);
  });
});

describe('a folder is refused', () => {
  test('when it holds a run, unless it is to be resumed or replaced', async () => {
    await interrupted();
    await expect(open(squares(TOTAL), { mode: 'new' })).rejects.toThrow(/already holds another run \(manifest.json\); add --resume to go on with it, --force to replace it/);
    const study = squares(TOTAL);
    await (await open(study, { mode: 'replace' })).close();
    expect(readdirSync(join(path, 'parts'))).toEqual([]);
  });

  test('when it holds results without a manifest', async () => {
    mkdirSync(path);
    writeFileSync(join(path, 'report.txt'), 'precious');
    await expect(open(squares(TOTAL))).rejects.toThrow(/already holds another run \(report.txt\); choose another folder or add --force/);
    expect(readFileSync(join(path, 'report.txt'), 'utf8')).toBe('precious');
    expect(readdirSync(path)).toEqual(['report.txt']);
  });

  test.each([
    ['another option', squares(TOTAL, 2), { seed: 2 }, {}, /seed is 1 there and 2 here/],
    ['another size', squares(50), { seed: 1, nsim: 50 }, {}, /nsim is not given there and 50 here/],
    ['other data', squares(TOTAL, 3), { seed: 1 }, {}, /the fitted models differ/],
    ['another version', squares(TOTAL), { seed: 1 }, { version: '2.0.0' }, /the version of glmmgpu is 1.2.3 there and 2.0.0 here/],
    ['another shard', squares(TOTAL), { seed: 1 }, { shard: { index: 1, of: 2 } }, /it is for all replicates, not for shard 1\/2/],
  ])('when it holds a study with %s, which is named', async (_, study, options, folderOptions, message) => {
    await interrupted();
    await expect(open(study, folderOptions, recordOf(study, options))).rejects.toThrow(message);
  });

  test('when its manifest is damaged, with a remedy', async () => {
    await interrupted();
    truncateSync(join(path, 'manifest.json'), 20);
    await expect(open(squares(TOTAL))).rejects.toThrow(/manifest.json' is damaged/);
    writeFileSync(join(path, 'manifest.json'), '{"format": 99}');
    await expect(open(squares(TOTAL))).rejects.toThrow(/has a format that this version does not know/);
    await (await open(squares(TOTAL), { mode: 'replace' })).close();
  });

  test('while another process writes to it', async () => {
    const folder = await open(squares(TOTAL));
    await expect(open(squares(TOTAL))).rejects.toThrow(LockError);
    await expect(open(squares(TOTAL))).rejects.toThrow(new RegExp(`is in use by process ${process.pid} on `));
    await folder.close();
    await (await open(squares(TOTAL))).close();
    expect(existsSync(join(path, 'lock'))).toBe(false);
  });

  test('when it cannot be made', async () => {
    writeFileSync(path, 'a file');
    await expect(open(squares(TOTAL))).rejects.toThrow(FileError);
  });
});

test('a manifest gives back whatever the report needs, bit for bit', async () => {
  const context = { statistics: { $number: 'exp(period2)', $array: 'x' }, zero: -0, none: NaN, signs: Int8Array.of(-1, 1) };
  await (await open(squares(TOTAL), {}, { ...recordOf(squares(TOTAL)), context })).close();
  expect((await readStudyFolder(path)).manifest.context).toEqual(context);
});

test('a folder that was copied without its empty folder of parts holds nothing yet', async () => {
  await (await open(squares(TOTAL))).close();
  rmSync(join(path, 'parts'), { recursive: true });
  expect(await readStudyFolder(path)).toMatchObject({ pieces: [], missing: [{ from: 0, to: TOTAL }] });
});

test('a part that was computed elsewhere is taken once, and only when it is right', async () => {
  await interrupted();
  const name = readdirSync(join(path, 'parts')).sort()[2]!;
  const bytes = readFileSync(join(path, 'parts', name));
  path = join(base, String(count++));
  const folder = await open(squares(TOTAL));
  for (let times = 0; times < 2; times++) {
    await folder.add(name, bytes);
    expect(folder.missing).toEqual([{ from: 0, to: 20 }, { from: 30, to: 100 }]);
  }
  await expect(folder.add(name, bytes.subarray(1))).rejects.toThrow(/is damaged/);
  await folder.close();
});
