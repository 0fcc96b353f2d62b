/** Child: a cold gaussian fit of crossed factors, from columns to the fitted model. Request: `{ rows, levels: [s, d, p] }`. */
import { glmm } from '../dist/fit/glmm.js';
import { fillNormals, UniformStream } from '../dist/random/stream.js';
import { answer, request } from './lib/child.mjs';

const { rows, levels } = request();
const uniforms = new UniformStream();
uniforms.reset(1, 0, 0);
const normals = (count, stream) => {
  const out = new Float64Array(count);
  fillNormals(out, count, 1, 0, stream);
  return out;
};
const names = ['s', 'd', 'p'];
const effects = levels.map((count, f) => normals(count, 1 + f).map((value) => [0.33, 0.51, 0.1][f] * value));
const noise = normals(rows, 9);
const columns = { y: new Float64Array(rows), x: new Float64Array(rows), s: [], d: [], p: [] };
for (let i = 0; i < rows; i++) {
  columns.x[i] = uniforms.next() < 0.45 ? 1 : 0;
  columns.y[i] = 3.2 - 0.07 * columns.x[i] + 1.18 * noise[i];
  names.forEach((name, f) => {
    const level = i < levels[f] ? i : Math.floor(uniforms.next() * levels[f]);
    columns[name].push(`${name}${level}`);
    columns.y[i] += effects[f][level];
  });
}
const begin = performance.now();
const used = process.cpuUsage();
const fit = await glmm('y ~ x + (1 | s) + (1 | d) + (1 | p)', columns, { family: 'gaussian' });
const seconds = (performance.now() - begin) / 1000;
// Beside other work the processor time tells more than the clock.
const { user, system } = process.cpuUsage(used);
answer({
  rows, levels, seconds, processorSeconds: (user + system) / 1e6, status: fit.status, evaluations: fit.toJSON().evaluations,
});
