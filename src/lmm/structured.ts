/** A kernel of free Cholesky factors as one of structured covariances. */
import type { Design } from '../model/design.js';
import { thetaMap } from '../model/structured-theta.js';
import type { LmmKernel } from './kernel.js';

/** @param free the kernel of `freeDesign(design)`; returned as it is where the design has no structured term */
export function structuredKernel(free: LmmKernel, design: Design): LmmKernel {
  const map = thetaMap(design);
  if (map === null) return free;
  const entries = new Float64Array(map.nFree);
  const slopes = new Float64Array(map.nFree);
  return {
    profile: free.profile,
    createSums: () => free.createSums(),
    take: (y, base, offset, sums) => { free.take(y, base, offset, sums); },
    evaluate: (sums, theta, gradient) => {
      map.expand(theta, entries);
      const value = free.evaluate(sums, entries, gradient === null ? null : slopes);
      if (gradient !== null) map.pullBack(theta, slopes, gradient);
      return value;
    },
    modes: (sums) => free.modes(sums),
    moments: (sums) => free.moments(sums),
  };
}
