/** A study cut into parts gives what it gives whole. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type GlmmFit, glmm } from '../../src/fit/glmm.js';
import type { Bootstrap, Progress } from '../../src/fit/types.js';
import { combineBackends } from '../../src/studies/combine-backends.js';
import { bootstrapFromResults, bootstrapSpec, bootstrapStudy } from '../../src/studies/bootstrap-study.js';
import { memoryStore } from '../../src/studies/memory-store.js';
import { missingRanges } from '../../src/studies/ranges.js';
import { openStudy } from '../../src/studies/registry.js';
import { type RunStudyOptions, runStudy } from '../../src/studies/run-study.js';
import type { StudyPart } from '../../src/studies/study.js';
import { referenceTable } from '../helpers/reference.js';

const OPTIONS = { nsim: 97, seed: 5, standardErrors: 'hessian' } as const;

describe.each([
  ['cbpp', 'cbind(incidence, size - incidence) ~ factor(period) + (1 | herd)', 'binomial'],
  ['sleepstudy', 'Reaction ~ Days + (Days | Subject)', 'gaussian'],
] as const)('a bootstrap of %s', (data, formula, family) => {
  let fit: GlmmFit;
  let whole: Bootstrap;
  beforeAll(async () => {
    fit = await glmm(formula, referenceTable(data, {}), { family });
    whole = await fit.bootstrap({ ...OPTIONS, backend: 'cpu', workers: 1 });
  });
  const inParts = async (options: RunStudyOptions): Promise<Bootstrap> => {
    const spec = bootstrapSpec(fit, OPTIONS);
    const study = bootstrapStudy(spec);
    const store = memoryStore(study);
    await runStudy(study, store, { backend: 'cpu', ...options });
    return bootstrapFromResults(spec, store);
  };

  test.each([[1, 1], [7, 2], [50, 1], [97, 2], [undefined, 1]] as const)('in parts of %s on %i threads: the same numbers to the last bit', async (partSize, workers) => {
    const parts = await inParts({ workers, ...(partSize === undefined ? {} : { partSize }) });
    expect(parts.parameters).toEqual(whole.parameters);
    expect(parts.replicates).toEqual(whole.replicates);
    const { backend, ...numbers } = parts.fit;
    expect({ ...numbers, backend: null }).toEqual({ ...whole.fit, backend: null });
    expect(parts.counts).toEqual(whole.counts);
    expect(parts.intervals()).toEqual(whole.intervals());
    expect(backend.backend).toBe('cpu');
  });
});

describe('the runner', () => {
  const study = {
    spec: { kind: 'squares' }, total: 20, columns: [{ name: 'square', type: 'DOUBLE' }] as const,
    run: ({ from, to }: { from: number; to: number }) => Promise.resolve({
      columns: [Float64Array.from({ length: to - from }, (_, i) => (from + i) ** 2)],
      backend: { backend: 'cpu', device: '1 thread', reason: 'test', devicesLost: 0, check: null } as const,
    }),
  };
  test('computes only what is missing, in order, and counts what was there', async () => {
    const written: StudyPart[] = [];
    const progress: Progress[] = [];
    const range = { from: 5, to: 20 };
    const there = [{ from: 5, to: 6 }, { from: 9, to: 15 }];
    const store = {
      ...memoryStore(study), range, get missing() { return missingRanges(range, [...there, ...written]); },
      write: (part: StudyPart) => { written.push(part); return Promise.resolve(); },
    };
    await runStudy(study, store, { backend: 'cpu', workers: 1, partSize: 4, stage: 'squares', onProgress: (report) => { progress.push(report); } });
    expect(written.map(({ from, to }) => [from, to])).toEqual([[6, 9], [15, 19], [19, 20]]);
    expect([...(written[1]!.columns[0] as Float64Array)]).toEqual([225, 256, 289, 324]);
    expect(progress.map(({ stage, done, total }) => `${stage} ${done}/${total}`)).toEqual(['squares 7/15', 'squares 10/15', 'squares 14/15', 'squares 15/15']);
  });
  test('stops at a store that cannot write, and at an abort', async () => {
    const store = memoryStore(study);
    const full = { ...store, write: () => Promise.reject(new Error('no space left')) };
    for (const partSize of [0, -1, 2.5, NaN]) await expect(runStudy(study, store, { backend: 'cpu', partSize })).rejects.toThrow(/partSize must be a positive integer/);
    await expect(runStudy(study, full, { backend: 'cpu', workers: 1 })).rejects.toThrow('no space left');
    await expect(runStudy(study, store, { backend: 'cpu', workers: 1, signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
  test('a study that stops by its results keeps what it needed, whatever the parts', async () => {
    // Enough is known at the first square from 100 on.
    const stopping = {
      ...study, total: 200,
      stopping: {
        look: 64, columns: ['square'],
        needless: ([square]: readonly ArrayLike<unknown>[]) => {
          const at = Array.from(square!, Number).findIndex((value) => value >= 100);
          return at === -1 ? [] : [{ from: at + 1, to: 200 }];
        },
      },
    };
    for (const partSize of [1, 3, 64, 500]) {
      const store = memoryStore(stopping);
      await runStudy(stopping, store, { backend: 'cpu', workers: 1, partSize });
      expect(await store.column('square')).toEqual(Float64Array.from({ length: 11 }, (_, i) => i * i));
      expect([store.total, store.missing]).toEqual([11, []]);
    }
  });
  test('threads of parts are reported once, the most of them', () => {
    const report = (device: string) => ({ backend: 'cpu', device, reason: '', devicesLost: 0, check: null }) as const;
    expect(combineBackends(['1 thread', '8 threads', '2 threads', 'an adapter', 'an adapter; 1 thread'].map(report)).device).toBe('8 threads; an adapter');
    expect(combineBackends(['one adapter', 'another'].map(report)).device).toBe('one adapter; another');
  });
  test('a store in memory knows its columns', () => {
    expect(() => memoryStore(study).column('cube')).toThrow(/no column 'cube'/);
  });

  test('a run that was aborted goes on where it ended, in memory too', async () => {
    const whole = memoryStore(study);
    await runStudy(study, whole, { backend: 'cpu', workers: 1 });
    const store = memoryStore(study);
    const abort = new AbortController();
    const options = { backend: 'cpu', workers: 1, partSize: 6 } as const;
    await expect(runStudy(study, store, { ...options, signal: abort.signal, onProgress: ({ done }) => { if (done === 12) abort.abort(new Error('enough')); } })).rejects.toThrow('enough');
    expect([store.total, store.missing]).toEqual([12, [{ from: 12, to: 20 }]]);
    expect(((await store.column('square')) as Float64Array).length).toBe(12);
    await runStudy(study, store, options);
    expect([store.total, store.missing]).toEqual([20, []]);
    expect(await store.column('square')).toEqual(await whole.column('square'));
  });
});

test('a kind of study that nobody knows is refused by name', () => {
  expect(() => openStudy({ kind: 'horoscope' })).toThrow(/unknown kind of study 'horoscope'/);
});
