/** How a device takes the responses of a family, so that float32 keeps their digits. */
import type { FamilyName } from '../model/design.js';

export interface DeviceRows {
  /** What stands for y; null for y itself. */
  readonly response: ((y: number) => number) | null;
  /** What the shader leaves out of the log-density beside the family's own constant: a function of the data near its size. */
  readonly reference: (y: number, trials: number, weight: number) => number;
}

/** y log(y / m), 0 at y = 0. */
const share = (y: number, m: number): number => (y > 0 ? y * Math.log(y / m) : 0);
const SHARES: DeviceRows = { response: null, reference: (y, trials, weight) => weight * (share(y, trials) + share(trials - y, trials)) };
const COUNTS: DeviceRows = { response: null, reference: (y, _trials, weight) => (y > 0 ? weight * (y * Math.log(y) - y) : 0) };
/** The density of log y in place of that of y. Prior weights belong to the scale here; zeros are those of a hurdle. */
const positive = (power: number): DeviceRows => ({ response: null, reference: (y, _trials, weight) => (y > 0 && weight > 0 ? -power * Math.log(y) : 0) });

const ROWS: Readonly<Partial<Record<FamilyName, DeviceRows>>> = {
  poisson: COUNTS,
  nbinom1: COUNTS,
  nbinom2: COUNTS,
  truncated_poisson: COUNTS,
  truncated_nbinom1: COUNTS,
  truncated_nbinom2: COUNTS,
  binomial: SHARES,
  betabinomial: SHARES,
  Gamma: positive(1),
  'inverse.gaussian': positive(1.5),
  beta: {
    response: (y) => Math.log(y) - Math.log1p(-y),
    reference: (y, _trials, weight) => -weight * (Math.log(y) + Math.log1p(-y)),
  },
};

export function deviceRows(family: FamilyName): DeviceRows {
  return ROWS[family] ?? { response: null, reference: () => 0 };
}
