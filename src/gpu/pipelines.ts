/** Compute pipelines by their final source: the source is the key, so the key cannot be wrong. */
const caches = new WeakMap<GPUDevice, Map<string, GPUComputePipeline>>();

/**
 * The pipeline of a shader whose entry point is `main`. Synchronous creation: in Node the asynchronous one has crashed on software adapters
 * when followed by work on the CPU.
 * @throws Error with every compiler message and the source: a fault of the program.
 */
export async function pipelineFor(device: GPUDevice, label: string, source: string, layout: GPUBindGroupLayout): Promise<GPUComputePipeline> {
  let cache = caches.get(device);
  if (cache === undefined) caches.set(device, (cache = new Map<string, GPUComputePipeline>()));
  const known = cache.get(source);
  if (known !== undefined) return known;
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ label, code: source });
  const pipeline = device.createComputePipeline({
    label, layout: device.createPipelineLayout({ label, bindGroupLayouts: [layout] }), compute: { module, entryPoint: 'main' },
  });
  const problem = await device.popErrorScope();
  if (problem !== null) {
    const { messages } = await module.getCompilationInfo();
    const lines = messages.map((m) => `${m.type} at line ${m.lineNum}:${m.linePos}: ${m.message}`);
    throw new Error(`shader ${label}: ${problem.message}\n${lines.join('\n')}\n${source}`);
  }
  cache.set(source, pipeline);
  return pipeline;
}

/** A uniform at binding 0, then storage buffers: `read` or `write` (read and write). */
export function bindLayout(device: GPUDevice, label: string, storage: readonly ('read' | 'write')[]): GPUBindGroupLayout {
  const entry = (binding: number, type: GPUBufferBindingType): GPUBindGroupLayoutEntry =>
    ({ binding, visibility: GPU_SHADER_STAGE_COMPUTE, buffer: { type } });
  return device.createBindGroupLayout({
    label,
    entries: [entry(0, 'uniform'), ...storage.map((kind, i) => entry(i + 1, kind === 'read' ? 'read-only-storage' : 'storage'))],
  });
}

/** GPUShaderStage.COMPUTE; the global that names it exists in browsers only. */
const GPU_SHADER_STAGE_COMPUTE = 4;
