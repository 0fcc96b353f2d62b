/** The engine of the library: fits every model of a batch, on a device or in float64, and reports what did the work. */
import { checkArgument, checkOptionNames } from '../check-arguments.js';
import { OptionError } from '../errors.js';
import type { Batch } from '../model/batch.js';
import type { BatchFit } from '../model/batch-fit.js';
import { type Design, hasTwoPredictors, isLinearMixed } from '../model/design.js';
import { MAX_NODES } from '../numerics/gauss-hermite.js';
import { EXCESS_EFFECTS } from '../objective/cpu.js';
import { hasOneFactor } from '../objective/one-factor.js';
import type { BackendReport, PrecisionCheck } from '../objective/backend.js';
import { checkBatch } from './batch-check.js';
import { checkBackend, checkChoice, resolveControl } from './check-options.js';
import { type BatchChunk, type BatchColumns, createColumns, putChunk } from './batch-chunk.js';
import { runOnCpu } from './batch-cpu.js';
import { type DeviceRun, runOnDevice } from './batch-device.js';
import { comparePrecision, sampleModels } from './batch-precision.js';
import { ProgressMeter } from './batch-progress.js';
import { type Range, Ranges } from './batch-ranges.js';
import type { BatchRun } from './batch-run.js';
import { selectModels } from './batch-slice.js';
import type { Engine } from './engine.js';
import { EngineResources } from './engine-resources.js';
import type { FitSettings } from './fit-chunk.js';
import { LINEAR_ON_DEVICE, checkLinearOptions } from './linear-options.js';
import type { BackendChoice, Control } from './options.js';
import type { Progress } from './types.js';

/** How and where the models of a batch are fitted. */
export interface FitBatchOptions {
  /** 0 = joint mode, 1 = Laplace (default), k ≤ 100 = adaptive quadrature with k nodes per dimension. */
  readonly nAGQ?: number;
  /** Curvature of the approximation; default `observed`. */
  readonly information?: 'observed' | 'expected';
  /** Standard errors of every model: from the joint Hessian, from weighted least squares (fixed effects only), or none (default). */
  readonly standardErrors?: 'hessian' | 'wls' | 'none';
  /** Gaussian models: restricted maximum likelihood (default true); other families have none. */
  readonly REML?: boolean;
  readonly control?: Partial<Control>;
  /** `auto` (default): WebGPU where there is a hardware adapter that takes the design, else float64. */
  readonly backend?: BackendChoice;
  /** Worker threads of the float64 path; default all cores; 1 = the calling thread. */
  readonly workers?: number;
  /** Threads and device to use and keep; `workers` is then the engine's, `backend` too unless given. */
  readonly engine?: Engine;
  /** Models per task; default: as many as take about 50 ms on a thread or fill a device. Results do not depend on it. */
  readonly chunk?: number;
  /** Models of a WebGPU batch that are fitted again in float64 to measure the error; default 16, 0 = none. */
  readonly check?: number;
  /** Called at the start and after each chunk. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with the results of models [from, to) as they come, in any order, each model once. The arrays are the receiver's to keep. */
  readonly onChunk?: (chunk: BatchChunk & { readonly from: number; readonly to: number }) => void;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const OPTION_NAMES = {
  nAGQ: true, information: true, standardErrors: true, REML: true, control: true, backend: true, workers: true, engine: true, chunk: true, check: true,
  onProgress: true, onChunk: true, signal: true,
} as const satisfies Record<keyof FitBatchOptions, true>;

const DEFAULT_CHECK = 16;

/**
 * Fits all models of a batch. Results are columns of length B; every model ends with a status, and results do not depend on chunks,
 * threads or the order of work.
 *
 * @throws OptionError, DataError for shapes and options that do not fit; DeviceError when `webgpu` is asked for and cannot be had; the
 * signal's reason when aborted.
 *
 * @example
 * const fits = await fitBatch(design, { nModels: 1000, response: { kind: 'simulate', params, seed: 1, first: 0 } });
 * fits.params[0]; // 1000 estimates of the first parameter
 */
export async function fitBatch(design: Design, batch: Batch, options: FitBatchOptions = {}): Promise<BatchFit> {
  checkOptionNames(options, OPTION_NAMES, 'fitBatch');
  checkArgument('fitBatch', design, ['fixedNames', 'random'], 'a design', 'fit.design is one, and so is buildModelFrame(…).design');
  checkArgument('fitBatch', batch, ['nModels', 'response'], 'a batch', 'for example { nModels: 1, response }');
  checkBatch(design, batch);
  const settings = checkSettings(options, isLinearMixed(design));
  const choice = checkBackend(options.backend ?? options.engine?.backend ?? 'auto');
  options.signal?.throwIfAborted();
  if (options.engine !== undefined) checkArgument('fitBatch', options.engine, ['checkAlive'], 'an engine', 'createEngine makes one');
  const given = options.engine as EngineResources | undefined;
  const engine = given ?? new EngineResources({ backend: choice, ...(options.workers === undefined ? {} : { workers: options.workers }) });
  try {
    return await fitOn(engine, choice, design, batch, settings, options);
  } finally {
    if (given === undefined) await engine.dispose();
  }
}

function checkSettings(options: FitBatchOptions, linear: boolean): FitSettings {
  const { nAGQ = 1, information = 'observed', standardErrors = 'none', chunk, check } = options;
  if (!Number.isSafeInteger(nAGQ) || nAGQ < 0 || nAGQ > MAX_NODES) throw new OptionError(`nAGQ must be an integer from 0 to ${MAX_NODES}, not ${nAGQ}`);
  if (chunk !== undefined && (!Number.isSafeInteger(chunk) || chunk < 1)) throw new OptionError(`chunk must be a positive integer, not ${chunk}`);
  if (check !== undefined && (!Number.isSafeInteger(check) || check < 0)) throw new OptionError(`check must be an integer from 0 on, not ${check}`);
  checkChoice('information', information, ['observed', 'expected']);
  checkChoice('standardErrors', standardErrors, ['hessian', 'wls', 'none']);
  return {
    integration: { nAGQ, information }, control: resolveControl(options.control), standardErrors,
    ...checkLinearOptions(linear, options),
  };
}

async function fitOn(
  engine: EngineResources, choice: BackendChoice, design: Design, batch: Batch, settings: FitSettings, options: FitBatchOptions,
): Promise<BatchFit> {
  engine.checkAlive();
  const columns = createColumns(design, batch.nModels, settings.standardErrors !== 'none');
  const ranges = new Ranges(batch.nModels);
  const meter = new ProgressMeter('fits', batch.nModels, options.onProgress);
  const run: BatchRun = {
    design, batch, settings, chunk: options.chunk, signal: options.signal,
    done: (range, chunk) => {
      putChunk(columns, range.from, chunk);
      options.onChunk?.({ ...chunk, ...range });
      meter.add(range.to - range.from);
    },
  };
  if (isLinearMixed(design)) {
    if (choice === 'webgpu') throw new OptionError(LINEAR_ON_DEVICE);
    const reason = choice === 'cpu' ? "backend 'cpu' was asked for" : 'gaussian models are solved exactly in float64';
    return cpuResult(await runOnCpu(run, ranges, engine), reason);
  }
  if (choice === 'cpu') return cpuResult(await runOnCpu(run, ranges, engine), "backend 'cpu' was asked for");

  if (choice === 'auto') {
    if (hasTwoPredictors(design)) return cpuResult(await runOnCpu(run, ranges, engine), EXCESS_EFFECTS);
    if (!hasOneFactor(design)) {
      // The device does one such model per thread, one after the other within it: right, but not known to be faster.
      return cpuResult(await runOnCpu(run, ranges, engine), 'random effects on several grouping factors run in float64 unless webgpu is asked for');
    }
    if (batch.levelCopies !== undefined) return cpuResult(await runOnCpu(run, ranges, engine), 'copies of levels are counted in float64');
    const offer = await engine.hardwareDevice();
    if ('unavailable' in offer) return cpuResult(await runOnCpu(run, ranges, engine), `no hardware WebGPU adapter: ${offer.unavailable}`);
  } else {
    if (batch.levelCopies !== undefined) throw new OptionError("copies of levels are counted in float64; use backend 'cpu' or 'auto'");
    await engine.requestedDevice();
  }
  let onDevice: DeviceRun;
  try {
    onDevice = await runOnDevice(run, ranges, engine.deviceSource(choice === 'webgpu'));
  } catch (error) {
    // A design that the device does not take is found out before the first chunk is done.
    if (choice === 'webgpu' || !(error instanceof OptionError) || ranges.left < batch.nModels) throw error;
    return cpuResult(await runOnCpu(run, ranges, engine), `WebGPU does not take this model: ${error.message}`);
  }
  const asked = choice === 'webgpu' ? "backend 'webgpu' was asked for" : 'a hardware WebGPU adapter is there';
  engine.checkAlive();
  const rest = ranges.left;
  const restDevice = rest === 0 ? null : await runOnCpu(run, ranges, engine);
  if (restDevice !== null && rest === batch.nModels) return cpuResult(restDevice, onDevice.abandoned!, onDevice.devicesLost);
  const check = await precisionCheck(engine, run, columns, options.check ?? DEFAULT_CHECK);
  return {
    nModels: batch.nModels, ...columns,
    backend: {
      backend: 'webgpu', device: onDevice.description, devicesLost: onDevice.devicesLost, check,
      reason: restDevice === null ? asked : `${asked}; ${onDevice.abandoned}, so that ${rest} models were fitted in float64 on ${restDevice}`,
    },
  };

  function cpuResult(device: string, reason: string, devicesLost = 0): BatchFit {
    const backend: BackendReport = { backend: 'cpu', device, reason, devicesLost, check: null };
    return { nModels: batch.nModels, ...columns, backend };
  }
}

/** Fits a sample of the models again in float64. */
async function precisionCheck(engine: EngineResources, run: BatchRun, columns: BatchColumns, count: number): Promise<PrecisionCheck | null> {
  const models = sampleModels(run.batch.nModels, count);
  if (models.length === 0) return null;
  const exact = createColumns(run.design, models.length, true);
  const batch = selectModels(run.design, run.batch, models);
  const settings: FitSettings = { ...run.settings, standardErrors: run.settings.integration.nAGQ === 0 ? 'wls' : 'hessian' };
  const done = (range: Range, chunk: BatchChunk): void => { putChunk(exact, range.from, chunk); };
  await runOnCpu({ ...run, batch, settings, chunk: undefined, done }, new Ranges(models.length), engine);
  return comparePrecision(columns, models, exact);
}
