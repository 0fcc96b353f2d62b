/**
 * Child of bench/gpu.mjs: all cases on the adapter that this process's environment offers. Request: `{ cases, seconds }`, the time box of
 * each measurement. Answers `{ unavailable }` where there is no adapter.
 */
import { getGpu } from '#platform';
import { responseDrawer, sliceBatch } from '../dist/fit/batch-slice.js';
import { createEngine } from '../dist/fit/engine.js';
import { fitBatch } from '../dist/fit/fit-batch.js';
import { fitChunk } from '../dist/fit/fit-chunk.js';
import { acquireDevice } from '../dist/gpu/device.js';
import { deviceCapacity, ownColumns } from '../dist/objective/device-sizes.js';
import { createWebGpuObjective } from '../dist/objective/webgpu.js';
import { pickCases, prepare, replicates } from './lib/cases.mjs';
import { answer, request } from './lib/child.mjs';
import { compareWithFloat64 } from './lib/device-error.mjs';

const { cases, seconds } = request();
/** Models of the first chunk: what a slow adapter can do in a second or two. */
const FIRST = 32;
/** Models of a chunk as the engine takes them. */
const LARGEST = 4096;
/** Models compared with float64. */
const MOST_CHECKED = 2000;
/** Chunk sizes tried on a hardware adapter. */
const CHUNKS = [1024, 4096, 16_384, 65_536];

const gpu = await getGpu();
const found = 'unavailable' in gpu ? gpu : await acquireDevice(gpu, true);
if ('unavailable' in found) {
  answer({ unavailable: found.unavailable });
} else {
  const rows = [];
  // The engine's own path: two chunks in flight.
  const engine = await createEngine({ backend: 'webgpu' });
  try {
    for (const one of pickCases(cases)) rows.push(await measure(one, found, engine));
  } finally {
    await engine.dispose();
    found.dispose();
  }
  answer({ adapter: found.adapter, rows });
}

async function measure(one, { device, adapter }, engine) {
  const { fit } = await prepare(one);
  const { design } = fit;
  const settings = { ...fit.settings, standardErrors: 'none' };
  const capacity = deviceCapacity(device, design, settings.integration, ownColumns(replicates(fit, 0, 1)));
  if (typeof capacity !== 'number') return { name: one.name, title: one.title, refused: capacity.reason };
  const most = Math.min(LARGEST, capacity);
  const draw = responseDrawer(design);
  let next = 0;
  let objective;
  let drawing = 0;
  const fitted = async (count) => {
    const begin = performance.now();
    const part = draw(sliceBatch(design, replicates(fit, next, count), 0, count));
    drawing += performance.now() - begin;
    next += count;
    return fitChunk(objective, design, part, 0, count, settings);
  };
  const timed = async (work) => {
    const begin = performance.now();
    await work();
    return performance.now() - begin;
  };

  // Cold: pipelines are compiled and the first chunk is fitted.
  const first = Math.min(FIRST, most);
  const compile = await timed(async () => { objective = await createWebGpuObjective(device, design, settings.integration, { capacity: first }); });
  const cold = compile + await timed(() => fitted(first));
  const again = await timed(() => fitted(first));
  objective.dispose();

  // Warm, one chunk after another, so that every millisecond belongs to kernel, transfer or host.
  const chunk = Math.max(first, Math.min(most, Math.floor((first * 1000 * seconds) / again / 3)));
  objective = await createWebGpuObjective(device, design, settings.integration, { capacity: chunk });
  await fitted(chunk);
  const before = { ...objective.statistics };
  drawing = 0;
  const start = performance.now();
  let fits = 0;
  let evaluations = 0;
  do {
    const result = await fitted(chunk);
    fits += chunk;
    for (const value of result.evaluations) evaluations += value;
  } while (performance.now() - start < 1000 * seconds);
  const total = performance.now() - start;
  const rounds = objective.statistics.rounds - before.rounds;
  const kernel = objective.timestamps ? objective.statistics.gpuMilliseconds - before.gpuMilliseconds : null;
  const wait = objective.statistics.waitMilliseconds - before.waitMilliseconds;
  const packing = objective.statistics.hostMilliseconds - before.hostMilliseconds;
  objective.dispose();

  // The engine, first batch compiles.
  const { nAGQ } = settings.integration;
  const run = (models, size) => fitBatch(design, replicates(fit, 0, models), { nAGQ, engine, check: 0, ...(size === undefined ? {} : { chunk: size }) });
  await run(2 * first);
  const models = Math.max(2 * first, Math.round((fits / total) * 1000 * seconds));
  const engineSeconds = (await timed(() => run(models))) / 1000;
  const chunks = [];
  for (const size of adapter.software ? [] : CHUNKS.filter((size) => size <= Math.min(capacity, models))) {
    await run(2 * size, size);
    const count = Math.max(4 * size, models);
    chunks.push({ chunk: size, models: count, fitsPerSecond: count / ((await timed(() => run(count, size))) / 1000) });
  }
  return {
    name: one.name, title: one.title, nobs: fit.nobs, nAGQ: one.nAGQ, capacity,
    cold: { models: first, compileMilliseconds: compile, milliseconds: cold, warmMilliseconds: again },
    warm: {
      chunk, models: fits, fitsPerSecond: fits / (total / 1000), rounds, millisecondsPerRound: total / rounds, evaluationsPerFit: evaluations / fits,
      gpuMilliseconds: kernel, gpuMillisecondsPerRound: kernel === null ? null : kernel / rounds,
      waitMilliseconds: wait, packingMilliseconds: packing, drawingMilliseconds: drawing,
      // Without timestamps kernel and transfer cannot be told apart. A kernel may begin while the host still packs.
      shares: kernel === null ? { kernelAndTransfer: wait / total, host: 1 - wait / total }
        : { kernel: kernel / total, transfer: Math.max(0, wait - kernel) / total, host: 1 - wait / total },
    },
    engine: { models, fitsPerSecond: models / engineSeconds, chunks },
    error: await error(fit, engine, Math.min(models, MOST_CHECKED)),
  };
}

/** Differences from float64 over the first replicates, as many as float64 can do in the time box. */
async function error(fit, engine, most) {
  const { nAGQ } = fit.settings.integration;
  const begin = performance.now();
  await fitBatch(fit.design, replicates(fit, 0, 16), { nAGQ, backend: 'cpu' });
  return compareWithFloat64(fit, engine, Math.max(16, Math.min(most, Math.floor((16 * 1000 * seconds) / (performance.now() - begin)))));
}
