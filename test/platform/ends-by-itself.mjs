// Fits on worker threads with and without an engine that nobody disposes of; the process must end.
import { createEngine } from '../../dist/fit/engine.js';
import { fitBatch } from '../../dist/fit/fit-batch.js';

const n = 40;
const design = {
  nobs: n, fixedNames: ['(Intercept)'], x: new Float64Array(n).fill(1), family: 'poisson', link: 'log', trials: null, weights: null, offset: null, auxiliary: [],
  random: [{
    group: 'g', levels: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], index: Int32Array.from({ length: n }, (_, i) => i % 8), names: ['(Intercept)'],
    z: new Float64Array(n).fill(1), covariance: 'unstructured',
  }],
};
const batch = { nModels: 8000, response: { kind: 'simulate', params: Float64Array.of(1, 0.5), seed: 1, first: 0 } };
const own = await fitBatch(design, batch, { backend: 'cpu', workers: 2 });
const engine = await createEngine({ backend: 'cpu', workers: 2 });
const shared = await fitBatch(design, batch, { engine });
process.stdout.write(`fitted on ${own.backend.device}, ${shared.backend.device}\n`);
