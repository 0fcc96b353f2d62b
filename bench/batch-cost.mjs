/** Child: bootstrap replicates of one case on worker threads. Request: `{ name, models, workers }`. */
import { createEngine } from '../dist/fit/engine.js';
import { fitBatch } from '../dist/fit/fit-batch.js';
import { countStatuses } from '../dist/model/status.js';
import { pickCases, prepare, replicates } from './lib/cases.mjs';
import { answer, request } from './lib/child.mjs';

const { name, models, workers } = request();
const { fit } = await prepare(pickCases([name])[0]);
const engine = await createEngine({ backend: 'cpu', workers });
const { nAGQ } = fit.settings.integration;
// Threads started, code compiled: every size is measured in the same state.
await fitBatch(fit.design, replicates(fit, 0, 4000, 2), { nAGQ, engine });
const begin = performance.now();
const result = await fitBatch(fit.design, replicates(fit, 0, models), { nAGQ, engine });
const seconds = (performance.now() - begin) / 1000;
await engine.dispose();
answer({ name, models, workers, seconds, microsecondsPerFit: (1e6 * seconds) / models, statuses: countStatuses(result.status) });
