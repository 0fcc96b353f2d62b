/** Child: bootstrap batches on the device against float64. Request: `{ cases: [{ name, models }] }`. Answers `{ unavailable }` without an adapter. */
import { getGpu } from '#platform';
import { createEngine } from '../dist/fit/engine.js';
import { reportAdapter } from '../dist/gpu/device.js';
import { pickCases, prepare } from './lib/cases.mjs';
import { answer, request } from './lib/child.mjs';
import { compareWithFloat64 } from './lib/device-error.mjs';

const { cases } = request();
const gpu = await getGpu();
const adapter = 'unavailable' in gpu ? gpu : await reportAdapter(gpu);
if ('unavailable' in adapter) {
  answer({ unavailable: adapter.unavailable });
} else {
  const engine = await createEngine({ backend: 'webgpu' });
  const rows = [];
  try {
    for (const { name, models } of cases) {
      const [one] = pickCases([name]);
      const { fit } = await prepare(one);
      rows.push({ name, title: one.title, ...(await compareWithFloat64(fit, engine, models)) });
    }
  } finally {
    await engine.dispose();
  }
  answer({ adapter, rows });
}
