const FRACTION = 2 ** -32;

/** A sum in the shaders' fixed point (low word, high word; see shaders/lib/fixed_point.wgsl) as a number, exact to 53 bits. */
export function fromFixed(low: number, high: number): number {
  return (high | 0) + low * FRACTION;
}
