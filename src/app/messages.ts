/** What page and engine worker tell each other: plain data. */
import type { BackendChoice, BackendReport, Explained, Finding, GlmmOptions, RanefEntry, StatusName } from '../index.js';
import type { FitJson, FixedEffect, IntervalRow } from '../fit/types.js';
import type { ColumnType } from '../table/retype.js';

export interface ColumnView {
  readonly name: string;
  readonly type: 'numeric' | 'factor' | 'ordered';
  readonly missing: number;
  /** Number of levels; 0 for numbers. */
  readonly levels: number;
}

export interface TableView {
  readonly nrow: number;
  readonly columns: readonly ColumnView[];
  /** First rows as text. */
  readonly head: readonly (readonly string[])[];
}

export interface FitView {
  readonly json: FitJson;
  /** At the level asked for. */
  readonly coefficients: readonly FixedEffect[];
  readonly icc: readonly (readonly [group: string, value: Explained])[];
  readonly r2: readonly [marginal: Explained, conditional: Explained];
  readonly ranef: readonly RanefEntry[];
  readonly findings: readonly Finding[];
  /** Fitted means and Pearson residuals; null for families without them. */
  readonly residuals: { readonly fitted: Float64Array; readonly pearson: Float64Array } | null;
  readonly seconds: number;
}

export interface BootstrapView {
  readonly intervals: readonly IntervalRow[];
  readonly counts: Readonly<Record<StatusName, number>>;
  readonly backend: BackendReport;
  readonly refitsPerSecond: number;
}

/** Replicates as they come: one column per parameter, those that converged. */
export interface SampleView {
  readonly parameters: readonly string[];
  readonly columns: readonly Float64Array[];
  readonly backend: BackendReport;
}

/** Requests by name: what goes to the worker, and what it answers. */
export interface Requests {
  open: { readonly ask: { readonly name: string; readonly bytes: Uint8Array }; readonly answer: TableView };
  retype: { readonly ask: { readonly types: Readonly<Record<string, ColumnType>> }; readonly answer: TableView };
  fit: { readonly ask: { readonly formula: string; readonly options: GlmmOptions; readonly level: number }; readonly answer: FitView };
  bootstrap: {
    readonly ask: { readonly nsim: number; readonly seed: number; readonly backend: BackendChoice; readonly level: number };
    readonly answer: BootstrapView;
  };
  report: { readonly ask: { readonly dataName: string }; readonly answer: string };
}

export type RequestName = keyof Requests;

export type ToEngine =
  | { [K in RequestName]: { readonly id: number; readonly kind: K; readonly ask: Requests[K]['ask'] } }[RequestName]
  | { readonly id: number; readonly kind: 'cancel' };

export interface ProgressView {
  readonly done: number;
  readonly total: number;
  readonly rate: number;
}

export type FromEngine =
  | { readonly id: number; readonly kind: 'progress'; readonly progress: ProgressView }
  | { readonly id: number; readonly kind: 'sample'; readonly sample: SampleView }
  | { readonly id: number; readonly kind: 'done'; readonly answer: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string };
