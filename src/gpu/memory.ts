/** How much memory an objective takes on a device, and how many models fit. */
import { type KernelSizes, auxiliaryPoints, likelihoodComponents, lowerEntries, profileComponents, responsePlanes, scratchPlanes } from './kernels.js';

/** Invocations worth having in flight on a large device. */
const INVOCATIONS = 32_768;
/** Words that the probabilities of the nodes may take. */
const NODE_WORDS = 16 * 2 ** 20;
/** More models at once gain nothing: the device is full long before. */
const MAX_CAPACITY = 16_384;
/** Runs of groups that a profile is cut into at most. */
export const PROFILE_RUNS = 64;

/** Invocations that an evaluation of few models is spread over at most. */
export function invocationsInFlight(nodes: number): number {
  return nodes === 0 ? INVOCATIONS : Math.max(256, Math.min(INVOCATIONS, Math.floor(NODE_WORDS / nodes)));
}

/** Words (4 bytes) of each buffer for so many models. */
export function bufferWords(
  shape: KernelSizes, capacity: number,
): Record<'responses' | 'point' | 'modes' | 'scratch' | 'sums' | 'totals', number> {
  const { rows: n, nFixed: p, q, effects, sparse } = shape;
  const components = likelihoodComponents(shape);
  const invocations = sparse === null ? Math.max(capacity, invocationsInFlight(shape.nodes)) : capacity;
  return {
    responses: responsePlanes(shape).count * n * capacity,
    point: (2 * p + lowerEntries(q) + auxiliaryPoints(shape)) * capacity,
    modes: effects * capacity,
    scratch: sparse === null
      ? Math.max(scratchPlanes(shape) * n * capacity + shape.nodes * invocations, profileWords(shape))
      : sparse.scratch.WORDS * capacity,
    sums: Math.max((2 * components + 1) * invocations, PROFILE_RUNS + 2 * profileComponents(shape)),
    totals: (2 * components + 1) * capacity,
  };
}

/** Words of work space that the profile of one entry takes. */
export function profileWords({ rows, groups, q, sparse }: KernelSizes): number {
  return sparse === null ? 3 * rows + groups * q * q : sparse.scratch.WORDS;
}

/** Most models, up to `wanted`, whose buffers stay within the limits; 0 where not even one fits. */
export function fittingCapacity(
  limits: Pick<GPUSupportedLimits, 'maxStorageBufferBindingSize' | 'maxBufferSize'>, shape: KernelSizes, wanted = MAX_CAPACITY,
): number {
  const most = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize) / 4;
  let capacity = Math.min(wanted, MAX_CAPACITY);
  while (capacity >= 1 && Object.values(bufferWords(shape, capacity)).some((words) => words > most)) capacity = Math.floor(capacity * 0.8);
  return capacity;
}
