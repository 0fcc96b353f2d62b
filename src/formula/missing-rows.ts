/** Values of the rows of a model among those of all rows that were wanted. */
import type { ModelFrame } from './model-frame.js';

/** With `naAction: 'exclude'` NaN stands for rows that were left out; `values` has one number per row of the model, or the same count of them. */
export function withMissingRows({ design: { nobs }, places }: ModelFrame, values: Float64Array): Float64Array {
  if (places === null) return values;
  const width = values.length / nobs;
  const out = new Float64Array(places.of * width).fill(NaN);
  places.at.forEach((place, i) => { out.set(values.subarray(i * width, (i + 1) * width), place * width); });
  return out;
}
