/** What refits need of a fitted model, as plain data for the spec of a study. */
import type { BootstrapSource } from './bootstrap.js';
import { settingsOptions } from './fitted-model.js';
import { withoutLevelNames } from './without-level-names.js';

/**
 * A source without response and modes, and without the names of levels, which may be those of people.
 * @throws OptionError for a model that batches cannot fit.
 */
export function plainSource({ frame: { design }, settings, params, metric }: BootstrapSource): BootstrapSource {
  settingsOptions(settings);
  const { integration, control, REML } = settings;
  return { frame: { design: withoutLevelNames(design) }, settings: { integration, control, ...(REML === undefined ? {} : { REML }) }, params, metric };
}
