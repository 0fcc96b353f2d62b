/** What the options of a fit mean for gaussian models, which are solved exactly. */
import { OptionError } from '../errors.js';

export const LINEAR_ON_DEVICE = "gaussian models are solved exactly in float64 and do not run on a WebGPU device; use backend 'cpu' or 'auto'";

/**
 * The part of the settings that only gaussian models have.
 * @throws OptionError for REML with another family, and for quadrature of an integral that is exact.
 */
export function checkLinearOptions(linear: boolean, { REML, nAGQ }: { readonly REML?: boolean; readonly nAGQ?: number }): { readonly REML?: boolean } {
  if (!linear) {
    if (REML === true) throw new OptionError('REML is for gaussian models; leave it out: this family is fitted by maximum likelihood');
    return {};
  }
  if (nAGQ !== undefined && nAGQ !== 1) throw new OptionError(`nAGQ = ${nAGQ} is for other families: gaussian models are solved exactly; leave it out`);
  return { REML: REML ?? true };
}
