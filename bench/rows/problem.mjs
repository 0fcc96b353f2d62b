/**
 * The pass over observations that the transpiler bench compares: for every group of every model of a batch of binary random-intercept
 * models, η of each row from β and the group's effect, then Σ(y − μ), Σ μ(1 − μ) and the deviance −2 Σ ℓ.
 * Arrays are model-minor (`[row * models + model]`), as the shaders have them.
 */
import { createSimulator } from '../../dist/random/simulate.js';
import { STREAM, fillNormals } from '../../dist/random/stream.js';
import { prepare, pickCases } from '../lib/cases.mjs';

/** Numbers of a group. */
export const OUTPUTS = 3;

/** `{ rows, p, groups, perGroup, models, x, y, beta, effects }` from replicates of the 150 × 20 case. */
export async function rowProblem(models) {
  const { fit } = await prepare(pickCases(['150x20'])[0]);
  const { nobs: rows, x, fixedNames, random } = fit.design;
  const p = fixedNames.length;
  const groups = random[0].levels.length;
  const y = new Float64Array(rows * models);
  const beta = new Float64Array(p * models);
  const effects = new Float64Array(groups * models);
  const simulator = createSimulator(fit.design, fit.params);
  const one = new Float64Array(rows);
  const normals = new Float64Array(groups);
  for (let b = 0; b < models; b++) {
    simulator.simulate(b, 1, one, 0);
    for (let i = 0; i < rows; i++) y[i * models + b] = one[i];
    fillNormals(normals, groups, 2, b, STREAM.randomEffects);
    for (let g = 0; g < groups; g++) effects[g * models + b] = normals[g] * fit.theta[0];
    for (let j = 0; j < p; j++) beta[j * models + b] = fit.params[j] + 0.01 * normals[j];
  }
  return { rows, p, groups, perGroup: rows / groups, models, x, y, beta, effects };
}
