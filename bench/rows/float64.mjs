/** The pass in float64 with the library's own family. Results: `[(group * models + model) * 3 + output]`. */
import { PART, derivativeRows } from '../../dist/families/family.js';
import { getFamily } from '../../dist/families/registry.js';
import { OUTPUTS } from './problem.mjs';

export function float64Pass({ rows, p, groups, perGroup, models, x, y, beta, effects }) {
  const family = getFamily('binomial', 'logit');
  const parts = PART.value | PART.score | PART.weight;
  const eta = new Float64Array(perGroup);
  const ones = new Float64Array(rows).fill(1);
  const out = derivativeRows(perGroup);
  const results = new Float64Array(groups * models * OUTPUTS);
  // As the objective has them: the responses of a model side by side.
  const own = new Float64Array(rows * models);
  for (let i = 0; i < rows; i++) for (let b = 0; b < models; b++) own[b * rows + i] = y[i * models + b];
  return {
    run: () => {
      for (let b = 0; b < models; b++) {
        const response = own.subarray(b * rows, (b + 1) * rows);
        for (let g = 0; g < groups; g++) {
          const first = g * perGroup;
          for (let i = 0; i < perGroup; i++) {
            let sum = effects[g * models + b];
            for (let j = 0; j < p; j++) sum += x[(first + i) * p + j] * beta[j * models + b];
            eta[i] = sum;
          }
          const value = family.evaluate(eta, response, ones, ones, first, perGroup, parts, out);
          let score = 0;
          let weight = 0;
          for (let i = 0; i < perGroup; i++) {
            score += out.d1[i];
            weight += out.w[i];
          }
          const at = (g * models + b) * OUTPUTS;
          results[at] = score;
          results[at + 1] = weight;
          results[at + 2] = -2 * value;
        }
      }
      return results;
    },
    dispose: () => {},
  };
}
