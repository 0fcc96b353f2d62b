/** Runs a probe shader of test/gpu/probes on float32 arguments: lib functions one at a time, outside their kernels. */
import { readFileSync } from 'node:fs';
import { type ShaderConstants, assembleShader } from '../../src/gpu/assemble.js';
import { shaderSources } from '../../src/gpu/generated/shaders.js';
import { USAGE } from '../../src/gpu/usage.js';
import { gpu } from './adapter.js';

/** Words of the results, as they come back: view them as Float32Array or Uint32Array. */
export async function runProbe(name: string, constants: ShaderConstants, input: Float32Array | Uint32Array, outputWords: number): Promise<ArrayBuffer> {
  const text = readFileSync(new URL(`probes/${name}.wgsl`, import.meta.url), 'utf8');
  const code = assembleShader(name, constants, { ...shaderSources, [`${name}.wgsl`]: text });
  const { device } = gpu;
  device.pushErrorScope('validation');
  const buffer = (size: number, usage: number): GPUBuffer => device.createBuffer({ label: name, size, usage });
  const source = buffer(input.byteLength, USAGE.storage | USAGE.copyTarget);
  const target = buffer(outputWords * 4, USAGE.storage | USAGE.copySource);
  const staging = buffer(outputWords * 4, USAGE.mapRead | USAGE.copyTarget);
  try {
    device.queue.writeBuffer(source, 0, input as Float32Array<ArrayBuffer>);
    const pipeline = device.createComputePipeline({
      label: name, layout: 'auto', compute: { module: device.createShaderModule({ label: name, code }), entryPoint: 'main' },
    });
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0), entries: [source, target].map((part, binding) => ({ binding, resource: { buffer: part } })),
    }));
    pass.dispatchWorkgroups(Math.ceil(outputWords / 64));
    pass.end();
    encoder.copyBufferToBuffer(target, 0, staging, 0, outputWords * 4);
    device.queue.submit([encoder.finish()]);
    const problem = await device.popErrorScope();
    if (problem !== null) throw new Error(`${problem.message}\n${code}`);
    await staging.mapAsync(1);
    return staging.getMappedRange().slice(0);
  } finally {
    for (const part of [source, target, staging]) part.destroy();
  }
}
