/** Where the Objective of a single fit comes from. */
import type { Batch } from '../model/batch.js';
import type { Objective } from '../objective/objective.js';
import { checkBackend } from './check-options.js';
import { EngineResources } from './engine-resources.js';
import type { BackendChoice } from './options.js';
import { type ObjectiveSource, cpuSource } from './single-fit.js';

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
function disposingOf(objective: Objective, engine: EngineResources): Objective {
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
