/** `glmmgpu coeftest`: the table of coefficients with t or z, or one test of a linear hypothesis. */
import { coefficientTable } from '../fit/coefficient-table.js';
import type { FixedEffect } from '../fit/types.js';
import { type CoefTest, type Contrast, coefTest } from '../inference/coef-test.js';
import { formatCoefTest, formatCoefficients } from '../report/format-wald.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type RobustArguments, robustCovariance } from './robust-option.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `coeftest`. */
export interface CoefTestArguments extends ModelOrSaved, StudyArguments, RobustArguments {
  readonly contrast?: Contrast;
  readonly value?: readonly number[];
  readonly df: 'residual' | 'none';
  readonly level: number;
}

interface Result {
  /** Without a contrast. */
  readonly coefficients: readonly FixedEffect[] | null;
  readonly test: CoefTest | null;
}

export async function coefTestCommand(path: string, options: CoefTestArguments): Promise<void> {
  const { contrast, value, df, level } = options;
  const fit = await fitModel(path, options);
  const { options: covariance, note } = await robustCovariance(fit, options);
  const { fixedNames } = fit.design;
  const residual = df === 'residual' ? fit.nobs - fixedNames.length : Infinity;
  await studyCommand<Result>(options, {
    run: () => Promise.resolve(contrast === undefined
      ? { coefficients: coefficientTable(fixedNames, fit.params, covariance.vcov ?? fit.vcov, level, residual), test: null }
      : { coefficients: null, test: coefTest(fit, contrast, { df, ...(value === undefined ? {} : { value }), ...covariance }) }),
    text: ({ coefficients, test }) => [
      coefficients === null ? formatCoefTest(test!) : formatCoefficients(coefficients, residual, level), ...(note === null ? [] : [note]),
    ].join('\n'),
    json: (result) => ({ formula: fit.frame.formula, df: residual === Infinity ? null : residual, ...result }),
    rows: ({ coefficients, test }) => (coefficients ?? [test!]).map((row) => ({ ...row })),
  });
}
