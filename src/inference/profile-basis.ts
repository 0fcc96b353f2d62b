/** Coordinates in which the coefficients of nearly collinear columns are profiled: random effects keep theirs, of which single ones are held. */
import { type ParameterBasis, type ParameterBlock, condition } from '../fit/parameter-basis.js';
import type { Design } from '../model/design.js';

const known = new WeakMap<Design, ParameterBasis | null>();

/** Null where the columns of every predictor are well enough apart. */
export function predictorBasis(design: Design): ParameterBasis | null {
  let found = known.get(design);
  if (found === undefined) known.set(design, (found = condition(design, (part) => part !== 'random')?.basis ?? null));
  return found;
}

/** The block that holds the parameter at a place. */
export function blockOf(basis: ParameterBasis | null, place: number): ParameterBlock | undefined {
  return basis?.blocks.find(({ at, size }) => place >= at && place < at + size);
}
