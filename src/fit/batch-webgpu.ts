/** The WebGPU device as batches use it. The only file of the fitting side that knows of devices. */
import { getGpu } from '#platform';
import { OptionError } from '../errors.js';
import { acquireDevice } from '../gpu/device.js';
import { freeDesign } from '../model/structured-theta.js';
import { structuredObjective } from '../objective/structured.js';
import { deviceCapacity, ownColumns } from '../objective/device-sizes.js';
import { createWebGpuObjective } from '../objective/webgpu.js';
import type { AcquireDevice } from './engine-resources.js';
import { objectiveIntegration } from './fit-chunk.js';
import { condition } from './parameter-basis.js';
import { inParameters } from './turned-objective.js';

export const acquireBatchDevice: AcquireDevice = async (allowSoftware) => {
  const gpu = await getGpu(!allowSoftware);
  if ('unavailable' in gpu) return gpu;
  const found = await acquireDevice(gpu, allowSoftware);
  if ('unavailable' in found) return found;
  const { device, adapter, lost } = found;
  return {
    description: adapter.description,
    software: adapter.software,
    lost,
    dispose: () => { found.dispose(); },
    createObjective: async (design, settings, capacity, batch) => {
      const free = freeDesign(design);
      const own = ownColumns(batch);
      // float32 has not the digits in which nearly collinear columns differ.
      const { integration, standardErrors } = settings;
      // Without moved thresholds where `profile` asks for the fixed effects at given ones.
      const closed = { fixed: own.x, random: own.z, auxiliary: false, thresholds: integration.nAGQ === 0 || standardErrors === 'wls' };
      const turn = condition(free, (part) => !closed[part]);
      const objective = await createWebGpuObjective(device, turn?.design ?? free, objectiveIntegration(settings), { capacity, own });
      return structuredObjective(turn === null ? objective : inParameters(objective, turn.basis, design.fixedNames.length), design);
    },
    capacityFor: (design, settings, batch) => {
      const capacity = deviceCapacity(device, freeDesign(design), objectiveIntegration(settings), ownColumns(batch));
      if (typeof capacity === 'number') return capacity;
      throw new OptionError(`${capacity.reason}; use backend 'cpu'`);
    },
  };
};
