const FRACTION = 2 ** -32;

/** Low and high word that stand for a sum which left the range; injected into the shaders as INVALID_LOW and INVALID_HIGH. */
export const INVALID_FIXED = [0, 0x80000000] as const;

/** A sum in the shaders' fixed point (low word, high word; see shaders/lib/fixed_point.wgsl) as a number, exact to 53 bits; NaN for one that left the range. */
export function fromFixed(low: number, high: number): number {
  if (low === INVALID_FIXED[0] && high === INVALID_FIXED[1]) return NaN;
  return (high | 0) + low * FRACTION;
}
