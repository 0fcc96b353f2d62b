/** A device made of the float64 objective, which can be lost at a chosen evaluation: recovery without hardware. */
import { DeviceError } from '../../src/errors.js';
import { type DeviceOffer, EngineResources, type OwnedDevice } from '../../src/fit/engine-resources.js';
import { objectiveIntegration } from '../../src/fit/fit-chunk.js';
import { createCpuObjective } from '../../src/objective/cpu.js';
import type { Objective } from '../../src/objective/objective.js';

export interface FakeOptions {
  /** Evaluations after which device 0, 1, … is lost; absent: never. */
  losses?: readonly number[];
  /** Devices after these cannot be had. */
  available?: number;
  software?: boolean;
  /** Thrown by createObjective. */
  refuses?: Error;
  /** The driver says only that something failed, and the news of the loss comes later. */
  lateNews?: boolean;
  capacity?: number;
  /** As with real devices: destroying one is a way of losing it. */
  disposalIsLoss?: boolean;
  /** Added to every log-likelihood and parameter scale: what the precision check must find. */
  error?: number;
}

export interface FakeLog {
  acquired: number;
  disposed: number;
  /** Capacities of the objectives made. */
  capacities: number[];
  objectivesAlive: number;
}

export function fakeEngine(backend: 'auto' | 'webgpu', options: FakeOptions): { engine: EngineResources; log: FakeLog } {
  const log: FakeLog = { acquired: 0, disposed: 0, capacities: [], objectivesAlive: 0 };
  const acquire = (allowSoftware: boolean): Promise<DeviceOffer> => {
    if (options.available !== undefined && log.acquired >= options.available) return Promise.resolve({ unavailable: 'the adapter is gone' });
    if (options.software === true && !allowSoftware) return Promise.resolve({ unavailable: 'the only adapter is a software one (fake)' });
    return Promise.resolve(fakeDevice(log.acquired++, options, log));
  };
  return { engine: new EngineResources({ backend, workers: 1 }, acquire), log };
}

function fakeDevice(number: number, options: FakeOptions, log: FakeLog): OwnedDevice {
  let left = options.losses?.[number] ?? Infinity;
  let lose: (reason: string) => void = () => undefined;
  const lost = new Promise<string>((resolve) => { lose = resolve; });
  const use = async (): Promise<void> => {
    // As on a device, results come in a later turn: the two chunks in flight interleave.
    await new Promise((resolve) => setImmediate(resolve));
    if (left-- > 0) return;
    if (options.lateNews === true) setTimeout(() => { lose('fake loss'); }, 10);
    else lose('fake loss');
    throw new DeviceError('mapping failed');
  };
  return {
    description: `fake device ${number}`,
    software: options.software ?? false,
    lost,
    capacityFor: () => options.capacity ?? 50,
    createObjective: (design, settings, capacity) => {
      if (options.refuses !== undefined) return Promise.reject(options.refuses);
      log.capacities.push(capacity);
      log.objectivesAlive++;
      const inner = createCpuObjective(design, objectiveIntegration(settings), { capacity });
      const objective: Objective = {
        backend: 'webgpu', capacity, nParams: inner.nParams, valueNoise: inner.valueNoise,
        load: (...args) => inner.load(...args),
        evaluate: async (evaluation) => {
          await use();
          await inner.evaluate(evaluation);
          for (let e = 0; e < evaluation.count; e++) evaluation.value[e]! += options.error ?? 0;
        },
        profile: (profile) => inner.profile(profile),
        modes: (model) => inner.modes(model),
        dispose: () => {
          log.objectivesAlive--;
          inner.dispose();
        },
      };
      return Promise.resolve(objective);
    },
    dispose: () => {
      log.disposed++;
      if (options.disposalIsLoss === true) lose('destroyed');
    },
  };
}
