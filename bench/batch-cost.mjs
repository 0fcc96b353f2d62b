/**
 * Child: bootstrap replicates of one case on worker threads in batches of several sizes. Request: `{ name, sizes, workers, warmUp }`.
 * The first batch is cold (threads start, code is compiled); the sizes are measured warm and in turns, small ones many times: their medians are compared.
 */
import { createEngine } from '../dist/fit/engine.js';
import { fitBatch } from '../dist/fit/fit-batch.js';
import { countStatuses } from '../dist/model/status.js';
import { pickCases, prepare, replicates } from './lib/cases.mjs';
import { answer, request } from './lib/child.mjs';

const TURNS = 5;
/** About as many models of a size in a turn, in 20 batches at most: small batches are over in tens of milliseconds and vary. */
const MODELS_OF_A_TURN = 20_000;

const runsOfATurn = (models) => Math.min(20, Math.max(1, Math.round(MODELS_OF_A_TURN / models)));

const { name, sizes, workers, warmUp } = request();
const { fit } = await prepare(pickCases([name])[0]);
const { nAGQ } = fit.settings.integration;
const engine = await createEngine({ backend: 'cpu', workers });
let statuses;
const batch = async (models, seed) => {
  const begin = performance.now();
  const result = await fitBatch(fit.design, replicates(fit, 0, models, seed), { nAGQ, engine });
  const seconds = (performance.now() - begin) / 1000;
  statuses = countStatuses(result.status);
  return { models, seconds, microsecondsPerFit: (1e6 * seconds) / models };
};
const cold = await batch(sizes[0], 1);
await batch(warmUp, 2);
// In turns: what a machine does beside would otherwise fall on one size.
const runs = sizes.map(() => []);
for (let turn = 0; turn < TURNS; turn++) {
  for (const [s, models] of sizes.entries()) {
    for (let i = 0; i < runsOfATurn(models); i++) runs[s].push(await batch(models, 3 + runs[s].length));
  }
}
const batches = runs.map((ofSize) => ofSize.sort((a, b) => a.seconds - b.seconds)[Math.floor(ofSize.length / 2)]);
await engine.dispose();
const costs = batches.map((row) => row.microsecondsPerFit);
answer({ name, workers, cold, batches, spread: Math.max(...costs) / Math.min(...costs) - 1, statusesOfLast: statuses });
