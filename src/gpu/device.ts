/** Acquiring a WebGPU device, and saying in words what was found. No statistics here. */

/** What an adapter says of itself and the limits that matter to this program. */
export interface AdapterReport {
  readonly description: string;
  /** A processor pretending to be a GPU. */
  readonly software: boolean;
  readonly limits: {
    readonly maxStorageBufferBindingSize: number;
    readonly maxBufferSize: number;
    readonly maxStorageBuffersPerShaderStage: number;
    readonly maxComputeWorkgroupsPerDimension: number;
    readonly maxComputeInvocationsPerWorkgroup: number;
  };
  readonly timestamps: boolean;
}

export interface GpuDevice {
  readonly device: GPUDevice;
  readonly adapter: AdapterReport;
  /** Resolves with the reason when the device is lost. */
  readonly lost: Promise<string>;
  dispose(): void;
}

/** Storage buffers that the kernels bind; the portable default of 8 is what they are written for. */
const STORAGE_BUFFERS = 8;

/** The adapter a device would be made from, or why there is none. */
export async function reportAdapter(gpu: GPU): Promise<AdapterReport | { readonly unavailable: string }> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  return adapter === null ? { unavailable: 'no WebGPU adapter was found' } : describe(adapter);
}

/**
 * A device on the best adapter. No adapter is an ordinary answer, not an error.
 * @param allowSoftware whether a software adapter will do.
 */
export async function acquireDevice(gpu: GPU, allowSoftware: boolean): Promise<GpuDevice | { readonly unavailable: string }> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return { unavailable: 'no WebGPU adapter was found' };
  const report = describe(adapter);
  if (report.software && !allowSoftware) return { unavailable: `only a software adapter was found (${report.description})` };
  if (report.limits.maxStorageBuffersPerShaderStage < STORAGE_BUFFERS) {
    return { unavailable: `the adapter offers ${report.limits.maxStorageBuffersPerShaderStage} storage buffers, ${STORAGE_BUFFERS} are needed` };
  }
  try {
    const device = await adapter.requestDevice({
      label: 'glmmgpu',
      requiredLimits: {
        // Larger chunks of models where the adapter offers more than the default 128 MiB a binding; 1 GiB is enough for any chunk.
        maxStorageBufferBindingSize: Math.min(adapter.limits.maxStorageBufferBindingSize, 2 ** 30),
        maxBufferSize: Math.min(adapter.limits.maxBufferSize, 2 ** 30),
      },
      requiredFeatures: report.timestamps ? ['timestamp-query'] : [],
    });
    return {
      device,
      adapter: report,
      lost: device.lost.then(({ reason, message }) => message || reason || 'unknown reason'),
      dispose: () => { device.destroy(); },
    };
  } catch (error) {
    return { unavailable: `the adapter ${report.description} gave no device: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function describe(adapter: GPUAdapter): AdapterReport {
  const { vendor, architecture, device, description } = adapter.info;
  const words = [description, device, architecture, vendor].filter((word) => word !== '');
  const text = description !== '' ? description : words.join(' ') || 'unnamed adapter';
  const { limits } = adapter;
  return {
    description: text,
    software: /swiftshader|llvmpipe|lavapipe|basic render|warp|software/i.test(words.join(' ')) || adapter.info.isFallbackAdapter === true,
    limits: {
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxStorageBuffersPerShaderStage: limits.maxStorageBuffersPerShaderStage,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
    timestamps: adapter.features.has('timestamp-query'),
  };
}
