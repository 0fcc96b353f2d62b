/** Runs a batch on a WebGPU device: two chunks in flight, lost devices replaced. */
import { DeviceError, OptionError } from '../errors.js';
import type { Batch } from '../model/batch.js';
import type { Design } from '../model/design.js';
import type { Objective } from '../objective/objective.js';
import { toBatchChunk } from './batch-chunk.js';
import type { Range, Ranges } from './batch-ranges.js';
import type { BatchRun } from './batch-run.js';
import { responseDrawer, sliceBatch } from './batch-slice.js';
import { type FitSettings, fitChunk } from './fit-chunk.js';

/** A device as this file needs it. */
export interface BatchDevice {
  /** Adapter in words. */
  readonly description: string;
  /** Resolves with the reason when the device is lost. */
  readonly lost: Promise<string>;
  /**
   * An objective for batches like `batch` that holds `capacity` models.
   * @throws GlmmError where the device does not take the design.
   */
  createObjective(design: Design, settings: FitSettings, capacity: number, batch: Batch): Promise<Objective>;
  /** Models that one objective can hold. @throws OptionError where the device does not take the design. */
  capacityFor(design: Design, settings: FitSettings, batch: Batch): number;
}

export interface DeviceSource {
  /** The current device. @throws DeviceError when there is none. */
  device(): Promise<BatchDevice>;
  /** Gives up a lost device, so that `device` acquires another one. */
  discard(device: BatchDevice): void;
}

export interface DeviceRun {
  /** The device that worked last. */
  readonly description: string;
  readonly devicesLost: number;
  /** Null when all models were fitted; else why the rest was left, in words. */
  readonly abandoned: string | null;
}

/** While the host updates one chunk the device evaluates the other. */
const CHUNKS_IN_FLIGHT = 2;
/** After so many lost devices in one batch the rest is better done elsewhere. */
const MOST_LOSSES = 3;
/** Models of a chunk: enough to fill a large device, few enough for progress to be seen. */
const LARGEST_CHUNK = 4096;

/**
 * Fits ranges until none are left or devices cannot be had any more; ranges whose device was lost are given back, so that every model is
 * reported exactly once.
 * @throws GlmmError where the device does not take the design; the signal's reason.
 */
export async function runOnDevice(run: BatchRun, ranges: Ranges, source: DeviceSource): Promise<DeviceRun> {
  let device = await source.device();
  let largest = run.chunk ?? LARGEST_CHUNK;
  for (let losses = 0; ; ) {
    const loss = await runUntilLost(run, ranges, device, largest);
    if (loss === null) return { description: device.description, devicesLost: losses, abandoned: null };
    losses++;
    source.discard(device);
    run.signal?.throwIfAborted();
    const { description } = device;
    const give = (abandoned: string): DeviceRun => ({ description, devicesLost: losses, abandoned });
    if (losses > MOST_LOSSES) return give(`the device was lost ${losses} times (${loss.cause})`);
    // A chunk that was too much for the device (time limits of the driver, memory) is halved.
    largest = Math.max(1, Math.floor(loss.chunk / 2));
    try {
      device = await source.device();
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      return give(`the device was lost (${loss.cause}) and no other one can be had: ${error.message}`);
    }
  }
}

/** Null when all is done, else why the device was lost and how large its chunks were. */
async function runUntilLost(
  run: BatchRun, ranges: Ranges, device: BatchDevice, largest: number,
): Promise<{ cause: string; chunk: number } | null> {
  const { design, batch, settings } = run;
  const chunk = Math.max(1, Math.min(largest, device.capacityFor(design, settings, batch), Math.ceil(ranges.left / CHUNKS_IN_FLIGHT)));
  let cause: string | null = null;
  const lost = device.lost.then((reason) => {
    cause = reason;
    throw new DeviceError(`the device was lost: ${reason}`);
  });
  // Nobody may be waiting when it happens.
  lost.catch(() => undefined);
  let failed = false;

  const lane = async (): Promise<void> => {
    let range: Range | null = null;
    let objective: Objective | null = null;
    const draw = responseDrawer(design);
    try {
      objective = await Promise.race([device.createObjective(design, settings, chunk, batch), lost]);
      range = failed ? null : ranges.take(chunk);
      while (range !== null) {
        if (cause !== null) await lost;
        const part = draw(sliceBatch(design, batch, range.from, range.to));
        const fit = fitChunk(objective, design, part, 0, part.nModels, settings, { signal: run.signal });
        const result = toBatchChunk(await Promise.race([fit, lost]));
        const finished: Range = range;
        range = null;
        run.done(finished, result);
        // Nothing new once the other lane has failed.
        range = failed ? null : ranges.take(chunk);
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      if (range !== null) ranges.giveBack(range);
      objective?.dispose();
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(CHUNKS_IN_FLIGHT, ranges.left) }, lane));
  const failures = lanes.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  run.signal?.throwIfAborted();
  if (failures.length === 0) return null;
  if (failures.some((failure) => failure instanceof OptionError)) throw failures[0];
  // The loss itself may be reported a moment after the failures that it causes.
  await Promise.race([lost.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, LOSS_GRACE_MS))]);
  if (cause === null) throw failures[0];
  return { cause, chunk };
}

/** Milliseconds to wait for the news that a failure was a lost device. */
const LOSS_GRACE_MS = 100;
