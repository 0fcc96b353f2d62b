/** What page and engine worker tell each other: plain data. Markup is the library's own: made by its escaping templates, whatever the data hold. */
import type { BackendChoice, ComparisonRow, GlmmOptions, RanefEntry } from '../index.js';
import type { CsvDialect } from '../table/csv.js';
import type { TypeOptions } from '../table/retype.js';

export interface ColumnView {
  readonly name: string;
  readonly type: 'numeric' | 'factor' | 'ordered';
  readonly missing: number;
  /** Number of levels; 0 for numbers. */
  readonly nLevels: number;
  /** The levels in order; empty where there are too many to choose one from. */
  readonly levels: readonly string[];
}

export interface TableView {
  /** How its file is written, if that is CSV. */
  readonly csv?: CsvDialect;
  readonly nrow: number;
  readonly columns: readonly ColumnView[];
  /** First rows as text; null where a value is missing. */
  readonly head: readonly (readonly (string | null)[])[];
}

/** A model as it is asked for. */
export interface ModelAsk {
  readonly formula: string;
  readonly options: GlmmOptions;
}

/** A fitted model as lists show it. */
export interface ModelView {
  /** Its number in the engine. */
  readonly id: number;
  readonly formula: string;
  readonly family: string;
  readonly link: string;
  readonly method: string;
  readonly logLik: number;
  readonly AIC: number;
  readonly df: number;
  readonly status: string;
  readonly fixedNames: readonly string[];
  readonly groups: readonly string[];
  /** What studies report intervals of. */
  readonly parameters: readonly string[];
  /** Whether batches can refit it: not after pseudo-likelihood. */
  readonly refittable: boolean;
}

export interface FitView {
  readonly model: ModelView;
  /** Size and status, estimates, and what they explain. */
  readonly markup: string;
  /** Number of conditional modes, and the first of them. */
  readonly nModes: number;
  readonly firstModes: readonly RanefEntry[];
  readonly seconds: number;
}

/** What a study shows, while it runs and at its end. */
export interface StudyView {
  readonly done: number;
  readonly total: number;
  /** Fits per second; 0 before the first were made. */
  readonly rate: number;
  /** Where they were made, and why there; empty before the first were. */
  readonly device: string;
  /** Plots and tables of what there is; empty where they are as before. */
  readonly markup: string;
  /** Files that can be had of it, by name. */
  readonly files: readonly string[];
}

/** What every study is asked with. */
export interface StudyAsk {
  readonly model: number;
  readonly backend: BackendChoice;
  /** Goes on with the study that was cancelled, which was asked for in the same words. */
  readonly resume: boolean;
}

interface Replicates {
  readonly nsim: number;
  readonly seed: number;
}

/** Studies by kind: what each is asked with besides the model. */
export interface StudyQuestions {
  bootstrap: Replicates & { readonly level: number; /** Whose distribution is drawn. */ readonly parameter: string };
  lrt: Replicates & { /** Formula of the smaller model. */ readonly smaller: string };
  power: Replicates & { readonly tested: string; readonly effects: readonly number[]; readonly alpha: number };
  influence: { /** Grouping factor, or `rows`. */ readonly by: string };
}

export type StudyKind = keyof StudyQuestions;

export interface DeviceView {
  readonly cores: number;
  /** The adapter in words, or why there is none. */
  readonly adapter: string;
  /** What `auto` chooses. */
  readonly chosen: 'cpu' | 'webgpu';
}

/** A file to be downloaded. */
export interface FileView {
  readonly name: string;
  readonly type: string;
  readonly content: Uint8Array | string;
}

/** Requests by name: what goes to the worker, and what it answers. */
export interface Requests extends StudyRequests {
  devices: { readonly ask: null; readonly answer: DeviceView };
  open: { readonly ask: { readonly name: string; readonly data: Blob; readonly types: TypeOptions }; readonly answer: TableView };
  retype: { readonly ask: TypeOptions; readonly answer: TableView };
  /** Looks for mistakes before a fit; answers with the size of the model. */
  check: { readonly ask: ModelAsk; readonly answer: string };
  fit: { readonly ask: ModelAsk & { readonly level: number; readonly dataName: string }; readonly answer: FitView };
  /** Diagnosis, tests and plots of a fitted model. */
  examine: { readonly ask: { readonly model: number }; readonly answer: string };
  /** Conditional modes from one place to another. */
  modes: { readonly ask: { readonly model: number; readonly from: number; readonly to: number }; readonly answer: readonly RanefEntry[] };
  forget: { readonly ask: { readonly model: number }; readonly answer: null };
  compare: { readonly ask: { readonly models: readonly number[] }; readonly answer: { readonly rows: readonly ComparisonRow[]; readonly notes: readonly string[] } };
  /** The model as `restore` takes it, and the open file as it was read. */
  save: { readonly ask: { readonly model: number }; readonly answer: { readonly model: Blob; readonly data: Blob } };
  restore: { readonly ask: { readonly saved: Blob; readonly level: number; readonly dataName: string }; readonly answer: FitView };
  /** The picture of another parameter of the bootstrap that runs or is finished. */
  watch: { readonly ask: { readonly model: number; readonly parameter: string }; readonly answer: string };
  file: { readonly ask: { readonly model: number; readonly name: string }; readonly answer: FileView };
}

type StudyRequests = { [K in StudyKind]: { readonly ask: StudyAsk & { readonly question: StudyQuestions[K] }; readonly answer: StudyView } };

export type RequestName = keyof Requests;

export type ToEngine =
  | { [K in RequestName]: { readonly id: number; readonly kind: K; readonly ask: Requests[K]['ask'] } }[RequestName]
  | { readonly id: number; readonly kind: 'cancel' }
  | { readonly kind: 'ping' };

/** What a request tells before its answer: a new stage, or a study as far as it is. */
export type Tidings = { readonly kind: 'stage'; readonly stage: string } | { readonly kind: 'live'; readonly view: StudyView };

/** `mistake` is the class of an error that the user can mend. */
export type FromEngine =
  | ({ readonly id: number } & Tidings)
  | { readonly id: number; readonly kind: 'done'; readonly answer: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly message: string; readonly mistake: string }
  | { readonly kind: 'alive' };
