/** What `fit` and `bootstrap` share: data and options in, fitted model and its text out. */
import { basename, resolve } from 'node:path';
import type { StudyRecord } from '../durable/manifest.js';
import { sha256 } from '../durable/plain-text.js';
import { type GlmmFit, glmm } from '../fit/glmm.js';
import { guessFormat, readTable } from '../table/read-table.js';
import type { Table } from '../table/table.js';
import { readInput } from './files.js';
import { glmmOptions, type ModelArguments, tableOptions } from './options.js';

/** Reads the data and fits the model. */
export async function fitModel(path: string, options: ModelArguments): Promise<GlmmFit> {
  return fitTo((await readData(path, options)).table, options);
}

/** The table of a file, and for the record where the file is and what was in it. */
export async function readData(path: string, options: ModelArguments): Promise<{ table: Table; data: StudyRecord['data'] }> {
  const bytes = await readInput(path);
  const table = await readTable(bytes, guessFormat(path, bytes), tableOptions(options));
  return { table, data: { path: path === '-' ? path : resolve(path), sha256: sha256(bytes) } };
}

/** Fits the model of the options to a table. */
export function fitTo(table: Table, options: ModelArguments): Promise<GlmmFit> {
  return glmm(options.formula, table, glmmOptions(options));
}

/** Name of the data in headings. */
export function dataName(path: string): string {
  return path === '-' ? 'standard input' : basename(path);
}

/** The fitted model as lme4 prints it. */
export function describeFit(fit: GlmmFit, path?: string): string {
  return String(fit.summary({
    ...(path === undefined ? {} : { dataName: dataName(path) }),
    // Categories have no residuals.
    ...(fit.design.family === 'cumulative' ? {} : { residuals: fit.residuals({ type: 'pearson' }) }),
  }));
}
