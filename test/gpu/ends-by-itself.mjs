// Works on a WebGPU device, disposes of it or not, and must then end without being told to.
import { acquireDevice } from '../../dist/gpu/device.js';
import { createWebGpuObjective } from '../../dist/objective/webgpu.js';
import { getGpu } from '../../dist/platform/node.js';

const n = 40;
const design = {
  nobs: n, fixedNames: ['(Intercept)'], x: new Float64Array(n).fill(1), family: 'poisson', link: 'log', trials: null, weights: null, offset: null, auxiliary: [],
  random: [{
    group: 'g', levels: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], index: Int32Array.from({ length: n }, (_, i) => i % 8), names: ['(Intercept)'],
    z: new Float64Array(n).fill(1), covariance: 'unstructured',
  }],
};
const gpu = await acquireDevice(await getGpu(), true);
const objective = await createWebGpuObjective(gpu.device, design, { nAGQ: 1, information: 'observed' });
await objective.load({ nModels: 1, response: Float64Array.from({ length: n }, (_, i) => i % 4) }, 0, 1);
const value = new Float64Array(1);
const evaluation = { count: 1, models: new Int32Array(1), params: Float64Array.of(0.3, 0.5), value, gradient: new Float64Array(2), keepModes: true };
await objective.evaluate(evaluation);
if (process.argv[2] === 'disposed') {
  objective.dispose();
  gpu.dispose();
}
process.stdout.write(`log-likelihood ${value[0].toFixed(3)}\n`);
