/**
 * The pass written for gpu.js, which transpiles a JavaScript function to JavaScript, WebAssembly or WGSL. As in the hand-written shader one
 * thread does one group of one model, and on WebGPU the responses stay on the device.
 */
import gpujs from 'gpu.js';
import { OUTPUTS } from './problem.mjs';

const { GPU } = gpujs;

/**
 * @param mode gpu.js's name: `cpu`, `webasm` or `webgpu`.
 * @param threads for `webasm`: whether its worker threads may be used.
 */
export async function gpuJsPass(mode, { p, groups, perGroup, models, x, y, beta, effects }, threads = false) {
  const gpu = new GPU({ mode });
  const kernel = gpu.createKernel(function rows(design, response, coefficients, levels) {
    let score = 0;
    let weight = 0;
    let value = 0;
    for (let i = 0; i < this.constants.perGroup; i++) {
      const row = this.thread.y * this.constants.perGroup + i;
      let eta = levels[this.thread.y * this.constants.models + this.thread.x];
      for (let j = 0; j < this.constants.p; j++) {
        eta += design[row * this.constants.p + j] * coefficients[j * this.constants.models + this.thread.x];
      }
      const outcome = response[row * this.constants.models + this.thread.x];
      // e^−|η|, so that both tails are exact; no log1p in the language.
      const e = Math.exp(-Math.abs(eta));
      const small = e / (1 + e);
      const mu = eta >= 0 ? 1 - small : small;
      score += outcome - mu;
      weight += small / (1 + e);
      value += Math.log(1 + e) + Math.max(eta, 0) - outcome * eta;
    }
    return [score, weight, 2 * value];
  }, {
    output: [models, groups], returnType: 'Array(3)', constants: { p, perGroup, models }, precision: 'single', asyncMode: mode !== 'cpu' && threads,
  });
  const design = Float32Array.from(x);
  let response = Float32Array.from(y);
  if (mode === 'webgpu') {
    const keep = gpu.createKernel(function copy(values) { return values[this.thread.x]; }, { output: [y.length], pipeline: true });
    response = await keep(response);
  }
  const coefficients = Float32Array.from(beta);
  const levels = Float32Array.from(effects);
  return {
    run: () => kernel(design, response, coefficients, levels),
    /** As the other passes have it. */
    flat: (nested) => Float64Array.from({ length: groups * models * OUTPUTS }, (_, at) => {
      const cell = Math.floor(at / OUTPUTS);
      return nested[Math.floor(cell / models)][cell % models][at % OUTPUTS];
    }),
    fallback: () => kernel.kernel?.fallbackReason ?? null,
    dispose: () => gpu.destroy(),
  };
}
