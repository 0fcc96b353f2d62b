/** Worker threads and a device that several calls share. */
import { coreCount, createWorkerPool } from '#platform';
import { checkOptionNames } from '../check-arguments.js';
import { DeviceError, GlmmError, OptionError } from '../errors.js';
import closestName from '../names.js';
import type { Batch } from '../model/batch.js';
import type { Objective } from '../objective/objective.js';
import type { WorkerPool } from '../platform/worker-pool.js';
import type { CpuThreads } from './batch-cpu.js';
import type { BatchDevice, DeviceSource } from './batch-device.js';
import { acquireBatchDevice } from './batch-webgpu.js';
import type { BackendChoice } from './options.js';
import { type ObjectiveSource, cpuSource } from './single-fit.js';

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

/** A device that the engine owns. */
export interface OwnedDevice extends BatchDevice {
  /** A processor pretending to be a GPU: right for tests, slower than the float64 path. */
  readonly software: boolean;
  dispose(): void;
}

/** A device, or in words why there is none. */
export type DeviceOffer = OwnedDevice | { readonly unavailable: string };

/** Acquires a device; software adapters only where they are allowed. Does not throw for want of one. */
export type AcquireDevice = (allowSoftware: boolean) => Promise<DeviceOffer>;

const ENGINE_OPTIONS = { backend: true, workers: true } as const satisfies Record<keyof EngineOptions, true>;

/** @throws OptionError for impossible options, DeviceError when `webgpu` is asked for and cannot be had. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  checkOptionNames(options, ENGINE_OPTIONS, 'createEngine');
  const engine = new EngineResources(options);
  if (engine.backend === 'webgpu') await engine.requestedDevice();
  return engine;
}

/**
 * Where a single fit is made: float64 on the calling thread, which no device beats for one model, unless `webgpu` is asked for. That
 * device is given back with the objective.
 * @throws OptionError for an unknown backend, DeviceError when `webgpu` cannot be had.
 */
export function objectiveSource(backend: BackendChoice): ObjectiveSource {
  if (checkBackend(backend) !== 'webgpu') return cpuSource;
  return async (design, settings) => {
    const engine = new EngineResources({ backend });
    try {
      const device = await engine.requestedDevice();
      const objective = await device.createObjective(design, settings, 1, ONE_RESPONSE);
      return {
        objective: disposingOf(objective, engine),
        report: { backend: 'webgpu', device: device.description, reason: "backend 'webgpu' was asked for", devicesLost: 0, check: null },
      };
    } catch (error) {
      await engine.dispose();
      throw error;
    }
  };
}

/** What the objective of a single fit has to be ready for: nothing but another response. */
const ONE_RESPONSE: Batch = { nModels: 1, response: new Float64Array(0) };

/** The objective, whose disposal ends the engine as well. */
function disposingOf(objective: Objective, engine: Engine): Objective {
  return {
    backend: objective.backend, capacity: objective.capacity, nParams: objective.nParams, valueNoise: objective.valueNoise,
    load: (batch, from, to) => objective.load(batch, from, to),
    evaluate: (evaluation) => objective.evaluate(evaluation),
    profile: (profile) => objective.profile(profile),
    modes: (model) => objective.modes(model),
    dispose: () => {
      objective.dispose();
      void engine.dispose();
    },
  };
}

const BACKENDS: readonly BackendChoice[] = ['auto', 'cpu', 'webgpu'];

/** Throws OptionError unless the name is one of a backend. */
export function checkBackend(backend: string): BackendChoice {
  if ((BACKENDS as readonly string[]).includes(backend)) return backend as BackendChoice;
  throw new OptionError(`unknown backend '${backend}'; use ${BACKENDS.join(', ')}${closestName(backend, BACKENDS)}`);
}

/** The engine as `fitBatch` uses it. */
export class EngineResources implements Engine, CpuThreads {
  readonly backend: BackendChoice;
  readonly workers: number;
  readonly #acquire: AcquireDevice;
  #pool: WorkerPool | undefined;
  /** Under way or there; a refusal is kept too, so that its reason is found out once. */
  #device: Promise<DeviceOffer> | undefined;
  /** The device once it is there. */
  #ready: OwnedDevice | undefined;
  #softwareAllowed = false;
  #disposed = false;

  constructor(options: EngineOptions, acquire: AcquireDevice = acquireBatchDevice) {
    this.backend = checkBackend(options.backend ?? 'auto');
    this.workers = options.workers ?? coreCount();
    if (!Number.isSafeInteger(this.workers) || this.workers < 1) {
      throw new OptionError(`workers must be a positive integer, not ${options.workers}`);
    }
    this.#acquire = acquire;
  }

  get warm(): boolean {
    return this.#pool !== undefined;
  }

  pool(): WorkerPool {
    this.checkAlive();
    return (this.#pool ??= createWorkerPool(this.workers));
  }

  /** A device for `auto`: hardware only; else why not. */
  async hardwareDevice(): Promise<DeviceOffer> {
    const device = await this.#current(false);
    if ('unavailable' in device || !device.software) return device;
    return { unavailable: `the device in use is a software adapter (${device.description})` };
  }

  /** A device of any kind. @throws DeviceError with the reason when there is none. */
  async requestedDevice(): Promise<OwnedDevice> {
    const device = await this.#current(true);
    if ('unavailable' in device) throw new DeviceError(`no WebGPU device: ${device.unavailable}; use backend 'cpu' or 'auto'`);
    return device;
  }

  /** Devices for one run, with or without software adapters. */
  deviceSource(allowSoftware: boolean): DeviceSource {
    return {
      device: async () => {
        const device = await (allowSoftware ? this.#current(true) : this.hardwareDevice());
        if ('unavailable' in device) throw new DeviceError(device.unavailable);
        return device;
      },
      discard: (lost) => {
        if (this.#ready !== lost) return;
        this.#ready.dispose();
        this.#ready = undefined;
        this.#device = undefined;
      },
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#device?.catch(() => undefined);
    this.#ready?.dispose();
    this.#ready = undefined;
    this.#device = undefined;
    await this.#pool?.dispose();
    this.#pool = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #current(allowSoftware: boolean): Promise<DeviceOffer> {
    this.checkAlive();
    // A refusal of software adapters says nothing about a request that takes them.
    if (this.#device !== undefined && (this.#ready !== undefined || this.#softwareAllowed || !allowSoftware)) return this.#device;
    this.#softwareAllowed = allowSoftware;
    this.#device = this.#acquire(allowSoftware).then((offer) => {
      if ('unavailable' in offer) return offer;
      // Somebody may have disposed of the engine meanwhile.
      if (this.#disposed) offer.dispose();
      else this.#ready = offer;
      return offer;
    });
    const offer = await this.#device;
    this.checkAlive();
    return offer;
  }

  /** Throws once the engine has been disposed of. */
  checkAlive(): void {
    // Not a DeviceError: those make a run look for another device.
    if (this.#disposed) throw new GlmmError('the engine has been disposed of; create another one');
  }
}
