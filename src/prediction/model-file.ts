/** A fitted model as a file that restores it with all its methods. */
import { checkFit } from '../check-arguments.js';
import { DataError } from '../errors.js';
import { GlmmFit } from '../fit/glmm.js';
import type { ModelFrame } from '../formula/model-frame.js';
import { parameterLayout } from '../model/design.js';
import { effectPlaces } from '../model/effects.js';
import { decode, encode } from '../plain-json.js';

const FORMAT = 'glmmgpu model';
/** Raised whenever a file of an earlier version could be misread. */
const VERSION = 1;

/** What every model file begins with. */
const BEGINNING = `{"format":"${FORMAT}"`;

/** Whether the bytes of a file are those of a saved model, of whatever version. */
export function isModelFile(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, BEGINNING.length)) === BEGINNING;
}

/** The model as JSON text, numbers bit for bit. It holds the data the model was fitted to. */
export function saveModel(fit: GlmmFit): string {
  checkFit('saveModel', fit);
  const { frame, response, options, settings, solution } = fit;
  return encode({ format: FORMAT, version: VERSION, frame, response, options, settings, solution });
}

/** @throws DataError, in one sentence, for text that is no model, of another version, or damaged. */
export function loadModel(text: string): GlmmFit {
  let content: unknown;
  try {
    content = decode(text);
  } catch {
    throw new DataError('the model file is damaged or no model file; saveModel (fit --save) writes one');
  }
  const file = content as Partial<Record<string, unknown>> | null;
  if (typeof file !== 'object' || file?.format !== FORMAT) throw new DataError(`this is no file of a ${FORMAT}; saveModel (fit --save) writes one`);
  if (file.version !== VERSION) {
    throw new DataError(`the model file has version ${String(file.version)}, this program reads version ${VERSION}; fit the model again, or use the program that wrote it`);
  }
  const { frame, response, options, settings, solution } = content as Pick<GlmmFit, 'frame' | 'response' | 'options' | 'settings' | 'solution'>;
  let complete = false;
  try {
    const { design } = frame;
    const { nFixed, nParams: k } = parameterLayout(design);
    complete = design.x.length === design.nobs * nFixed && response.length === design.nobs && frame.rows.length === design.nobs
      && design.random.every(({ index, z, names }) => index.length === design.nobs && z.length === design.nobs * names.length)
      && solution.params.length === k && solution.covariance.length === k * k && solution.metric.length === k * k
      && solution.gradient.length === k && solution.modes.length === effectPlaces(design).effects
      && Number.isFinite(settings.control.tolerance) && typeof options.family === 'string';
  } catch {
    // A part is missing altogether.
  }
  if (!complete) throw new DataError('the model file is damaged: parts of it are missing or too short; write it again with saveModel');
  // Files of earlier programs know of no rows that were left out and kept in mind.
  return new GlmmFit({ ...frame, places: (frame as Partial<ModelFrame>).places ?? null }, response, options, settings, solution);
}
