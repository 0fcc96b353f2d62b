/** Child of bench/rows.mjs: every way of doing the pass that this process can. Request: `{ models, milliseconds }`. */
import { availableParallelism } from 'node:os';
import { getGpu } from '#platform';
import { Bench } from 'tinybench';
import { acquireDevice } from '../dist/gpu/device.js';
import { answer, request } from './lib/child.mjs';
import { float64Pass } from './rows/float64.mjs';
import { rowProblem } from './rows/problem.mjs';
import { shaderPass } from './rows/webgpu.mjs';

const { models, milliseconds } = request();
const gpu = await getGpu();
// gpu.js looks for WebGPU where a page has it.
if (!('unavailable' in gpu)) {
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { gpu, hardwareConcurrency: availableParallelism() } });
}
const found = 'unavailable' in gpu ? gpu : await acquireDevice(gpu, true);
const problem = await rowProblem(models);
const noDevice = () => { throw new Error(found.unavailable); };
const gpuJs = (mode, threads) => async () => (await import('./rows/gpujs.mjs')).gpuJsPass(mode, problem, threads);
const WAYS = [
  { name: 'float64, by hand', make: () => float64Pass(problem) },
  { name: 'gpu.js cpu', make: gpuJs('cpu') },
  { name: 'gpu.js webasm, one thread', make: gpuJs('webasm') },
  { name: 'gpu.js webasm, threads', make: gpuJs('webasm', true) },
  { name: 'WGSL, by hand', make: () => ('unavailable' in found ? noDevice() : shaderPass(found.device, problem)) },
  { name: 'gpu.js webgpu', make: () => ('unavailable' in found ? noDevice() : gpuJs('webgpu')()) },
];

let exact;
const rows = [];
for (const { name, make } of WAYS) {
  let pass;
  try {
    const begin = performance.now();
    pass = await make();
    const first = await pass.run();
    const cold = performance.now() - begin;
    const values = pass.flat?.(first) ?? first;
    exact ??= Float64Array.from(values);
    const bench = new Bench({ time: milliseconds, iterations: 3, warmupTime: milliseconds / 5, warmupIterations: 1, throws: true });
    // An arrow that is not `async` would be called once more, unawaited, to find out what it returns.
    bench.add(name, async () => { await pass.run(); });
    await bench.run();
    const { latency } = bench.tasks[0].result;
    rows.push({
      name, milliseconds: latency.mean, relativeMargin: latency.rme / 100, coldMilliseconds: cold,
      rowsPerSecond: (problem.rows * models) / (latency.mean / 1000), largestError: largestError(values), fallback: pass.fallback?.() ?? null,
    });
  } catch (error) {
    rows.push({ name, failed: (error instanceof Error ? error.message : String(error)).split('\n')[0] });
  } finally {
    await pass?.dispose();
  }
}
if (!('unavailable' in found)) found.dispose();
answer({
  adapter: 'unavailable' in found ? null : found.adapter, unavailable: found.unavailable ?? null,
  problem: { models, rows: problem.rows, groups: problem.groups, p: problem.p }, rows,
});
// The worker threads of gpu.js do not end with it.
process.exitCode = 0;
setTimeout(() => process.exit(), 200);

/** Largest difference from float64 of a sum of a group. */
function largestError(values) {
  let worst = 0;
  for (let i = 0; i < exact.length; i++) worst = Math.max(worst, Math.abs(values[i] - exact[i]));
  return worst;
}
