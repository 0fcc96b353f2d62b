/** `glmmgpu calibrate`: percentile intervals whose level is corrected by a double bootstrap. */
import { formatRows } from '../report/format-rows.js';
import { formatBackend } from '../report/format-run.js';
import { type DoubleBootstrap, doubleBootstrap } from '../studies/double-bootstrap.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

export interface CalibrateArguments extends ModelOrSaved, StudyArguments {
  readonly nsim: number;
  readonly inner: number;
  readonly seed: number;
  readonly level: number;
}

export async function calibrateCommand(path: string, options: CalibrateArguments): Promise<void> {
  const { nsim, inner, seed, level } = options;
  const fit = await fitModel(path, options);
  await studyCommand<DoubleBootstrap>(options, {
    run: (hooks) => doubleBootstrap(fit, { nsim, inner, seed, ...hooks }),
    text: (result) => [
      `Calibrated percentile intervals at level ${level}: ${nsim} replicates with ${inner} of their own each`, '',
      formatRows(result.intervals(level).map(({ level: _, replicates: __, ...row }) => ({ ...row })), { probability_low: 'p low', probability_high: 'p high', mc_error_low: '(error)', mc_error_high: '(error)', conf_low: 'low', conf_high: 'high' }),
      '', formatBackend(result.outer.backend),
    ].join('\n'),
    json: (result) => ({ formula: fit.frame.formula, nsim, inner, seed, intervals: result.intervals(level), counts: result.outer.counts, seconds: result.seconds, backend: result.outer.backend }),
    rows: (result) => result.intervals(level).map((row) => ({ ...row })),
  });
}
