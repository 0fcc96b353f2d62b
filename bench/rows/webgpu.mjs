/** The pass as a hand-written shader with the library's float32 functions. Responses stay on the device, parameters travel every time. */
import { readFileSync } from 'node:fs';
import { assembleShader } from '../../dist/gpu/assemble.js';
import { shaderSources } from '../../dist/gpu/generated/shaders.js';
import { bindLayout, pipelineFor } from '../../dist/gpu/pipelines.js';
import { USAGE } from '../../dist/gpu/usage.js';
import { OUTPUTS } from './problem.mjs';

const WORKGROUP = 64;

export async function shaderPass(device, { p, groups, perGroup, models, x, y, beta, effects }) {
  const source = assembleShader('rows', {
    integers: { P: p, GROUPS: groups, PER_GROUP: perGroup, MODELS: models, AUX: 1 }, imports: { family: 'family_binomial_logit' },
  }, { ...shaderSources, 'rows.wgsl': readFileSync(new URL('./rows.wgsl', import.meta.url), 'utf8') });
  const layout = bindLayout(device, 'rows', ['read', 'read', 'read', 'write']);
  const pipeline = await pipelineFor(device, 'rows', source, layout);
  const buffer = (size, usage) => device.createBuffer({ size, usage });
  const upload = (values) => {
    const made = buffer(values.length * 4, USAGE.storage | USAGE.copyTarget);
    device.queue.writeBuffer(made, 0, Float32Array.from(values));
    return made;
  };
  const size = groups * models * OUTPUTS * 4;
  const uniform = buffer(16, USAGE.uniform | USAGE.copyTarget);
  const point = buffer((p + groups) * models * 4, USAGE.storage | USAGE.copyTarget);
  const results = buffer(size, USAGE.storage | USAGE.copySource);
  const staging = buffer(size, USAGE.mapRead | USAGE.copyTarget);
  const buffers = [uniform, upload(x), upload(y), point, results];
  const binding = device.createBindGroup({ layout, entries: buffers.map((one, i) => ({ binding: i, resource: { buffer: one } })) });
  const packed = new Float32Array((p + groups) * models);
  return {
    run: async () => {
      packed.set(beta);
      packed.set(effects, p * models);
      device.queue.writeBuffer(point, 0, packed);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, binding);
      pass.dispatchWorkgroups(Math.ceil(models / WORKGROUP), groups);
      pass.end();
      encoder.copyBufferToBuffer(results, 0, staging, 0, size);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(1);
      const copy = new Float32Array(staging.getMappedRange().slice(0));
      staging.unmap();
      return copy;
    },
    dispose: () => { for (const one of [...buffers, staging]) one.destroy(); },
  };
}
