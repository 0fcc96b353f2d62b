/** What the engine worker holds: the table, the fitted models and their studies, threads and device. */
import { type BackendChoice, type Engine, type GlmmFit, type RanefEntry, GlmmError, type Table, createEngine } from '../../index.js';
import type { StudyFile } from './files.js';
import type { Tidings } from '../messages.js';

/** What a handler is given besides its question. */
export interface Context {
  readonly signal: AbortSignal;
  readonly tell: (tidings: Tidings) => void;
}

export interface OpenFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface KeptModel {
  readonly fit: GlmmFit;
  readonly dataName: string;
  readonly level: number;
  /** The data it was fitted to, where they are open. */
  readonly data: Table | undefined;
  readonly modes: readonly RanefEntry[];
  /** Files of its studies, by name. */
  readonly files: Map<string, StudyFile>;
  /** Draws the distribution of another parameter, once there is a bootstrap. */
  watch: ((parameter: string) => Promise<string>) | undefined;
}

export const session: { file: OpenFile | undefined; data: Table | undefined } = { file: undefined, data: undefined };

const models = new Map<number, KeptModel>();
let last = 0;

/** Keeps a model and returns its number. */
export function keepModel(model: Omit<KeptModel, 'files' | 'watch'>): number {
  models.set(++last, { ...model, files: new Map(), watch: undefined });
  return last;
}

/** @throws GlmmError for a number that stands for no model. */
export function keptModel(id: number): KeptModel {
  const model = models.get(id);
  if (model === undefined) throw new GlmmError('this model is no longer held; fit it again');
  return model;
}

export function forgetModel(id: number): void {
  models.delete(id);
}

let engine: Engine | undefined;

/** Threads and device of the backend, kept from study to study. @throws DeviceError where WebGPU is asked for and cannot be had */
export async function engineFor(backend: BackendChoice): Promise<Engine> {
  if (engine?.backend === backend) return engine;
  await engine?.dispose();
  engine = undefined;
  engine = await createEngine({ backend });
  return engine;
}
