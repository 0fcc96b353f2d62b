/** What `fit` and `bootstrap` share: data and options in, fitted model and its text out. */
import { basename, resolve } from 'node:path';
import { OptionError } from '../errors.js';
import type { StudyRecord } from '../durable/manifest.js';
import { sha256 } from '../durable/identity.js';
import { type GlmmFit, glmm } from '../fit/glmm.js';
import { isModelFile, loadModel } from '../prediction/model-file.js';
import { residuals } from '../prediction/residuals.js';
import { guessFormat, readTable } from '../table/read-table.js';
import type { Table } from '../table/table.js';
import { readInput } from './files.js';
import { glmmOptions, type ModelArguments, modelOptions, type ModelOrSaved, tableOptions } from './options.js';

/** A fitted model, and for the record where it came from. */
export interface OpenedModel {
  readonly fit: GlmmFit;
  readonly data: StudyRecord['data'];
}

/** Reads the data and fits the model, or reads a saved model. */
export async function fitModel(path: string, options: ModelOrSaved): Promise<GlmmFit> {
  return (await openFit(path, options)).fit;
}

/** As `fitModel`. @throws OptionError where data come without a formula or family, or a saved model with options of its own. */
export async function openFit(path: string, options: ModelOrSaved): Promise<OpenedModel> {
  const bytes = await readInput(path);
  const data = recordOf(path, bytes);
  if (isModelFile(bytes)) {
    const given = Object.keys(modelOptions(options)).find((name) => name !== 'backend');
    if (given !== undefined) throw new OptionError(`'${path}' is a saved model, which has its ${given} already; leave the option out, or name the data file`);
    return { fit: loadModel(new TextDecoder().decode(bytes)), data };
  }
  const { formula, family } = options;
  if (formula === undefined || family === undefined) {
    throw new OptionError(`required option '--${formula === undefined ? 'formula' : 'family'}' not specified; add it, or name a model written by glmmgpu fit --save`);
  }
  return { fit: await fitTo(await tableOf(path, bytes, options), { ...options, formula, family }, path), data };
}

/** The table of a file, and for the record where the file is and what was in it. */
export async function readData(path: string, options: ModelOrSaved): Promise<{ table: Table; data: StudyRecord['data'] }> {
  const bytes = await readInput(path);
  if (isModelFile(bytes)) throw new OptionError(`'${path}' is a saved model; this command fits models of its own and needs the data`);
  return { table: await tableOf(path, bytes, options), data: recordOf(path, bytes) };
}

const tableOf = (path: string, bytes: Uint8Array, options: ModelOrSaved): Promise<Table> => readTable(bytes, guessFormat(path, bytes), tableOptions(options));

const recordOf = (path: string, bytes: Uint8Array): StudyRecord['data'] => ({ path: path === '-' ? path : resolve(path), sha256: sha256(bytes) });

/** Fits the model of the options to a table that came from `path`. */
export function fitTo(table: Table, options: ModelArguments, path: string): Promise<GlmmFit> {
  return glmm(options.formula, table, { ...glmmOptions(options), dataName: dataName(path) });
}

/** Name of the data in headings. */
export function dataName(path: string): string {
  return path === '-' ? 'standard input' : basename(path);
}

/** The fitted model as lme4 prints it. */
export function describeFit(fit: GlmmFit): string {
  // Categories have no residuals.
  return String(fit.summary(fit.design.family === 'cumulative' ? {} : { residuals: residuals(fit, { type: 'pearson' }) }));
}
