export { glmm, GlmmFit, type SimulateOptions, type Summary } from './fit/glmm.js';
export { type BackendChoice, type Control, DEFAULT_CONTROL, type GlmmOptions } from './fit/options.js';
export type {
  Bootstrap, BootstrapMethod, FitJson, FixedEffect, IntervalKind, IntervalOptions, IntervalRow, Progress, RanefRow, VarianceComponent,
} from './fit/types.js';
export type { BatchChunk } from './fit/batch-chunk.js';
export { fitBatch, type FitBatchOptions } from './fit/fit-batch.js';
export { createEngine, type Engine, type EngineOptions } from './fit/engine.js';
export { bootstrap, type BootstrapOptions, jackknife } from './studies/bootstrap.js';
export { type CalibratedRow, type DoubleBootstrap, type DoubleBootstrapOptions, doubleBootstrap } from './studies/double-bootstrap.js';
export { expressionStatistics } from './studies/expression-statistic.js';
export { buildModelFrame } from './formula/build-model-frame.js';
export type { ContrastName, FrameOptions, ModelFrame } from './formula/model-frame.js';
export type { Batch, SimulatedResponses } from './model/batch.js';
export type { BatchFit } from './model/batch-fit.js';
export type { CovarianceStructure } from './model/covariance-structure.js';
export type { Design, FamilyName, LinkName, RandomTerm } from './model/design.js';
export { STATUS, STATUS_NAMES, type StatusName, countStatuses } from './model/status.js';
export type { BackendReport, PrecisionCheck } from './objective/backend.js';
export { predict, type PredictOptions, type Prediction } from './prediction/predict.js';
export { ranefTable, type RanefEntry } from './prediction/ranef-table.js';
export { residuals, type ResidualOptions, type ResidualType } from './prediction/residuals.js';
export {
  augment, type ColumnTable, diagnosticData, glance, type Glance, tidy, type TidyOptions, type TidyRow,
} from './prediction/tidy.js';
export { type Explained, varianceExplained, type VarianceExplained } from './prediction/variance-explained.js';
export { loadModel, saveModel } from './prediction/model-file.js';
export { formatIntervals } from './report/format-intervals.js';
export { formatSummary, type SummaryOptions } from './report/format-summary.js';
export { htmlReport, type ReportInput } from './report/html-report.js';
export { readTable, type TableFormat } from './table/read-table.js';
export { type TableInput, toTable } from './table/from-values.js';
export type { Table } from './table/table.js';
export { FAMILY_NAMES, linksOf } from './families/registry.js';
export { DataError, DeviceError, FormulaError, GlmmError, OptionError } from './errors.js';
export { type LrtOptions, type SimulatedLrt, simulatedLrt } from './studies/simulated-lrt.js';
export type { LrtMethod, LrtRow } from './studies/lrt-p-values.js';
export type { FittedModel } from './studies/fitted-model.js';
export { coefTest, type CoefTest, type CoefTestOptions } from './inference/coef-test.js';
export { compare, type CompareOptions, type Comparison, type ComparisonRow } from './inference/compare.js';
export { confint, type ConfintMethod, type ConfintOptions, type ConfintRow } from './inference/confint.js';
export { diagnose, type Diagnosis, type DiagnoseOptions, type Finding } from './inference/diagnose.js';
export { drop1, type Drop1Row } from './inference/drop1.js';
export { type ContrastRow, emmeans, type EmmeanRow, type Emmeans, type EmmeansOptions } from './inference/emmeans.js';
export { multiStart, type MultiStart, type MultiStartOptions, type StartRow } from './inference/multi-start.js';
export { profile, type Profile, type ProfileCurve, type ProfileOptions } from './inference/profile.js';
export { profileLimits } from './inference/profile-interval.js';
export { robustVcov, type RobustOptions, type RobustVcov } from './inference/robust.js';
