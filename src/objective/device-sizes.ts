/** Which designs the device takes, how its kernels are sized for them, and how many models fit. */
import { distributionOf } from '../gpu/distribution.js';
import type { KernelSizes, OwnColumns } from '../gpu/kernels.js';
import { fittingCapacity } from '../gpu/memory.js';
import { sparsePattern, sparseScratch } from '../gpu/sparse-pattern.js';
import type { Batch } from '../model/batch.js';
import { type Design, hasTwoPredictors } from '../model/design.js';
import { EXCESS_EFFECTS, severalFactorsQuadrature } from './cpu.js';
import { type DeviceAuxiliary, deviceAuxiliary, hasZeroInflation } from './device-auxiliary.js';
import { quadratureFor } from './group-kernel.js';
import { type ManyFactors, manyFactors } from './many-factors.js';
import type { Integration } from './objective.js';
import { type OneFactor, hasOneFactor, oneFactor } from './one-factor.js';

/** Private arrays of an invocation grow with p and q; beyond this the compiler spills and other devices refuse. */
const MAX_FIXED = 64;
const MAX_EFFECTS = 8;
const MAX_POINTS = 1024;

/** Sizes of the kernels, with the pattern's lists where there are several factors. */
export interface DeviceSizes extends KernelSizes {
  readonly layout: OneFactor | ManyFactors;
  readonly pattern: Uint32Array | null;
  readonly auxiliary: DeviceAuxiliary | null;
}

/** Why the kernels do not take a design, or null. */
function unsupportedReason(design: Design, integration: Integration): string | null {
  if (hasTwoPredictors(design)) return EXCESS_EFFECTS;
  if (integration.nAGQ > 1 && !hasOneFactor(design)) return severalFactorsQuadrature(design, integration.nAGQ);
  if (distributionOf(design.family, design.link, hasZeroInflation(design)) === null) return `family ${design.family} with link ${design.link} has no WebGPU kernel`;
  const p = design.fixedNames.length;
  const q = design.random.reduce((sum, term) => sum + term.names.length, 0);
  if (p > MAX_FIXED) return `the design has ${p} fixed-effect columns; the WebGPU kernels take ${MAX_FIXED}`;
  if (q > MAX_EFFECTS) return `the design has ${q} random effects per level; the WebGPU kernels take ${MAX_EFFECTS}`;
  if (integration.nAGQ > 1 && integration.nAGQ ** q > MAX_POINTS) {
    return `${integration.nAGQ} nodes in ${q} dimensions are ${integration.nAGQ ** q} points; the WebGPU kernels take ${MAX_POINTS}`;
  }
  return null;
}

/** What the models of a batch bring of their own. */
export function ownColumns(batch: Batch): OwnColumns {
  return {
    trials: batch.trials !== undefined, weights: batch.weights !== undefined, offset: batch.offset !== undefined,
    x: batch.x !== undefined, z: batch.z !== undefined, groups: batch.groupSizes !== undefined,
  };
}

/** The sizes of a design's kernels, or why it has none. */
export function deviceSizes(design: Design, integration: Integration, own: OwnColumns): DeviceSizes | { readonly reason: string } {
  const reason = unsupportedReason(design, integration);
  if (reason !== null) return { reason };
  const layout = hasOneFactor(design) ? oneFactor(design) : manyFactors(design);
  const auxiliary = deviceAuxiliary(design, layout.order);
  const { nobs: rows, nFixed, q, nEffects: effects } = layout;
  const nodes = quadratureFor(integration, q)?.logWeights.length ?? 0;
  const common = { layout, rows, nFixed, q, effects, nodes, own, auxiliary };
  if (!('symbolic' in layout)) return { ...common, groups: layout.nGroups, sparse: null, pattern: null };
  const thetas = Array.from(layout.thetaRow, (row, t) => {
    const column = layout.thetaColumn[t]!;
    return [row, column, 1 + nFixed + lowerIndex(row, column, q)] as const;
  });
  const pattern = sparsePattern({ ...layout, rows, thetas });
  if (pattern === null) return { reason: 'the factorisation of the random effects is too dense for the buffers of the device' };
  const scratch = sparseScratch(rows, nFixed, effects, layout.symbolic.rows.length, auxiliary !== null);
  return { ...common, groups: 1, sparse: { pattern: pattern.places, scratch }, pattern: pattern.words };
}

/** Models that one objective on the device can hold, or why it holds none. */
export function deviceCapacity(
  device: GPUDevice, design: Design, integration: Integration, own: OwnColumns,
): number | { readonly reason: string } {
  const sizes = deviceSizes(design, integration, own);
  if ('reason' in sizes) return sizes;
  return fittingCapacity(device.limits, sizes) || { reason: `the design (${design.nobs} rows) is too large for the buffers of the device` };
}

/** Place of (row, column) in the lower triangle by columns. */
export function lowerIndex(row: number, column: number, q: number): number {
  return column * q - (column * (column - 1)) / 2 + (row - column);
}
