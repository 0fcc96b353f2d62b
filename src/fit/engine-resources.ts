/** What an engine holds: a pool of threads and a device, each from when it is first needed. */
import { coreCount, createWorkerPool } from '#platform';
import { DeviceError, GlmmError, OptionError } from '../errors.js';
import type { WorkerPool } from '../platform/worker-pool.js';
import type { CpuThreads } from './batch-cpu.js';
import type { BatchDevice, DeviceSource } from './batch-device.js';
import { acquireBatchDevice } from './batch-webgpu.js';
import { checkBackend } from './check-options.js';
import type { Engine, EngineOptions } from './engine.js';
import type { BackendChoice } from './options.js';

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
