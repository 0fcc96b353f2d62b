/** Work on a device in rounds: one after another, what the device refuses turned into errors, results on the host at the end. */
import { DeviceError } from '../errors.js';
import { type Kernel, WORKGROUP } from './kernels.js';
import { USAGE } from './usage.js';

/** What the rounds have cost so far. */
export interface DeviceStatistics {
  rounds: number;
  /** Time of the kernels by timestamp queries, where the device has them. */
  gpuMilliseconds: number;
  /** From submission to data on the host. */
  waitMilliseconds: number;
  /** Packing and unpacking. */
  hostMilliseconds: number;
}

export interface BoundKernel extends Kernel {
  readonly binding: GPUBindGroup;
}

/** Bytes of the two timestamps that precede what is read. */
const STAMPS = 16;

export class DeviceRounds {
  readonly statistics: DeviceStatistics = { rounds: 0, gpuMilliseconds: 0, waitMilliseconds: 0, hostMilliseconds: 0 };
  readonly #device: GPUDevice;
  readonly #staging: GPUBuffer;
  readonly #queries: { readonly set: GPUQuerySet; readonly resolve: GPUBuffer } | null;
  #lost: string | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param stagingBytes size of what is read most often; larger reads get buffers of their own */
  constructor(device: GPUDevice, stagingBytes: number) {
    this.#device = device;
    this.#staging = device.createBuffer({ label: 'staging', size: stagingBytes + STAMPS, usage: USAGE.mapRead | USAGE.copyTarget });
    this.#queries = device.features.has('timestamp-query') ? {
      set: device.createQuerySet({ type: 'timestamp', count: 2 }),
      resolve: device.createBuffer({ label: 'timestamps', size: STAMPS, usage: USAGE.queryResolve | USAGE.copySource }),
    } : null;
    void device.lost.then(({ message, reason }) => { this.#lost = message || reason || 'unknown reason'; });
  }

  get timestamps(): boolean {
    return this.#queries !== null;
  }

  /** One thing after another, whatever callers do, for all rounds share their buffers; errors of a lost device become DeviceErrors. */
  inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const run = this.#turn.then(async () => {
      if (this.#lost !== undefined) throw new DeviceError(`the WebGPU device was lost: ${this.#lost}`);
      try {
        return await work();
      } catch (error) {
        // A rejected mapping may arrive before the loss itself is announced.
        await Promise.resolve();
        if (this.#lost !== undefined) throw new DeviceError(`the WebGPU device was lost: ${this.#lost}`);
        throw error;
      }
    });
    this.#turn = run.catch(() => undefined);
    return run;
  }

  /**
   * One round of work, submitted before its first wait. What the device refuses would leave the results of an earlier round in place:
   * @throws DeviceError instead.
   */
  async round(work: () => Promise<Uint32Array>): Promise<Uint32Array> {
    openScopes(this.#device);
    const [words, refused] = await Promise.all([work(), refusal(this.#device)]);
    if (refused !== null) throw new DeviceError(`the WebGPU device refused the work: ${refused}`);
    return words;
  }

  /** Invocations of one row of workgroups: the grid becomes two-dimensional where one dimension is not enough. */
  rowSize(invocations: number): number {
    return Math.min(Math.ceil(invocations / WORKGROUP), this.#device.limits.maxComputeWorkgroupsPerDimension) * WORKGROUP;
  }

  /** @param stamp which end of the time that `read` measures this dispatch marks */
  dispatch({ pipeline, binding }: BoundKernel, invocations: number, stamp: 'begin' | 'end' | null = null): void {
    const x = this.rowSize(invocations) / WORKGROUP;
    const querySet = stamp === null ? undefined : this.#queries?.set;
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass(querySet === undefined ? {} : {
      timestampWrites: stamp === 'begin' ? { querySet, beginningOfPassWriteIndex: 0 } : { querySet, endOfPassWriteIndex: 1 },
    });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, binding);
    pass.dispatchWorkgroups(x, Math.ceil(Math.ceil(invocations / WORKGROUP) / x));
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  /** Words of a buffer on the host, the only wait; `timed` adds what passed between the two stamps to the statistics. */
  async read(source: GPUBuffer, words: number, timed = false): Promise<Uint32Array> {
    const size = words * 4;
    const temporary = size + STAMPS > this.#staging.size
      ? this.#device.createBuffer({ label: 'staging', size: size + STAMPS, usage: USAGE.mapRead | USAGE.copyTarget }) : null;
    const staging = temporary ?? this.#staging;
    const queries = timed ? this.#queries : null;
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, STAMPS, size);
    if (queries !== null) {
      encoder.resolveQuerySet(queries.set, 0, 2, queries.resolve, 0);
      encoder.copyBufferToBuffer(queries.resolve, 0, staging, 0, STAMPS);
    }
    this.#device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(1, 0, size + STAMPS);
      const bytes = staging.getMappedRange(0, size + STAMPS).slice(0);
      staging.unmap();
      if (queries !== null) {
        const [begin, end] = new BigUint64Array(bytes, 0, 2) as unknown as [bigint, bigint];
        if (end > begin) this.statistics.gpuMilliseconds += Number(end - begin) * 1e-6;
      }
      return new Uint32Array(bytes.slice(STAMPS));
    } finally {
      temporary?.destroy();
    }
  }

  dispose(): void {
    this.#staging.destroy();
    this.#queries?.resolve.destroy();
    this.#queries?.set.destroy();
  }
}

/** From here on complaints of the device are kept for `refusal`. */
export function openScopes(device: GPUDevice): void {
  device.pushErrorScope('out-of-memory');
  device.pushErrorScope('validation');
}

/** Closes what `openScopes` opened; the first complaint, or null. A lost device complains elsewhere. */
export async function refusal(device: GPUDevice): Promise<string | null> {
  const scopes = [device.popErrorScope(), device.popErrorScope()];
  const errors = await Promise.all(scopes.map((scope) => scope.catch(() => null)));
  return errors.find((error) => error !== null)?.message ?? null;
}
