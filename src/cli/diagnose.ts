/** `glmmgpu diagnose`: what may be wrong with a fit. */
import { type ResidualTest, residualTests } from '../diagnostics/residual-tests.js';
import { simulatedResiduals } from '../diagnostics/simulated-residuals.js';
import { type Diagnosis, diagnose } from '../inference/diagnose.js';
import { type MultiStart, multiStart } from '../inference/multi-start.js';
import { formatDiagnosis, formatMultiStart, formatResidualTests } from '../report/format-diagnosis.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `diagnose`. */
export interface DiagnoseArguments extends ModelOrSaved, StudyArguments {
  readonly starts?: number;
  readonly seed: number;
  readonly quadrature: boolean;
}

interface Result extends Diagnosis {
  readonly residual_tests: readonly ResidualTest[];
  readonly starts: MultiStart | null;
}

export async function diagnoseCommand(path: string, options: DiagnoseArguments): Promise<void> {
  const { starts, seed, quadrature } = options;
  const fit = await fitModel(path, options);
  await studyCommand<Result>(options, {
    run: async ({ signal, backend, workers }) => ({
      ...await diagnose(fit, { quadrature, signal }),
      residual_tests: residualTests(fit, simulatedResiduals(fit, { seed })),
      starts: starts === undefined ? null : await multiStart(fit, { starts, seed, signal, backend, ...(workers === undefined ? {} : { workers }) }),
    }),
    text: (result) => [formatDiagnosis(result), '', formatResidualTests(result.residual_tests), ...(result.starts === null ? [] : ['', formatMultiStart(result.starts)])].join('\n'),
    json: (result) => ({ formula: fit.frame.formula, ...result }),
    rows: ({ findings }) => findings.map((finding) => ({ ...finding })),
  });
}
