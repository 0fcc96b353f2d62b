/** Worker threads and a device that several calls share. */
import { checkOptionNames } from '../check-arguments.js';
import { EngineResources } from './engine-resources.js';
import type { BackendChoice } from './options.js';

/** What an engine may use. */
export interface EngineOptions {
  /** `auto` (default): WebGPU where there is a hardware adapter, else float64 threads. */
  readonly backend?: BackendChoice;
  /** Worker threads of the float64 path; default: all cores. 1 computes on the calling thread. */
  readonly workers?: number;
}

/**
 * Threads and device, started when first needed and kept until `dispose`. `await using engine = await createEngine()` disposes of them
 * at the end of the block.
 */
export interface Engine {
  readonly backend: BackendChoice;
  readonly workers: number;
  /** Ends the threads and destroys the device; running fits fail. */
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const ENGINE_OPTIONS = { backend: true, workers: true } as const satisfies Record<keyof EngineOptions, true>;

/** @throws OptionError for impossible options, DeviceError when `webgpu` is asked for and cannot be had. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  checkOptionNames(options, ENGINE_OPTIONS, 'createEngine');
  const engine = new EngineResources(options);
  if (engine.backend === 'webgpu') await engine.requestedDevice();
  return engine;
}
