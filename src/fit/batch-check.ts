/** Checks the shapes of a batch once, at the edge. */
import { checkArgument, checkOptionNames, inWords } from '../check-arguments.js';
import { DataError, OptionError } from '../errors.js';
import type { Batch, SimulatedResponses } from '../model/batch.js';
import { type Design, isLinearMixed, parameterLayout } from '../model/design.js';
import { checkLinearMixed } from '../lmm/check-design.js';
import { hasOneFactor } from '../objective/one-factor.js';
import { checkSeed } from '../random/stream.js';

/** What a batch may hold, and the kind of its arrays: they are cut and sent to threads and devices as they are. */
const BATCH_ARRAYS = {
  trials: Float64Array, weights: Float64Array, offset: Float64Array, x: Float64Array, z: Float64Array, groupSizes: Int32Array,
  levelCopies: Float64Array, rowCopies: Float64Array, start: Float64Array, held: Uint8Array, metric: Float64Array,
} as const satisfies Record<Exclude<keyof Batch, 'nModels' | 'response'>, unknown>;

const SIMULATED_NAMES = { kind: true, params: true, seed: true, first: true } as const satisfies Record<keyof SimulatedResponses, true>;

/**
 * Throws OptionError or DataError, one sentence, where a batch does not fit its design. Values inside responses are not looked at: a
 * response that the family does not allow is the status `nonFinite` of its model.
 */
export function checkBatch(design: Design, batch: Batch): void {
  const { nModels } = batch;
  const { nobs } = design;
  const { nFixed, nParams: k } = parameterLayout(design);
  const q = design.random.reduce((sum, term) => sum + term.names.length, 0);
  checkOptionNames(batch, { nModels: true, response: true, ...BATCH_ARRAYS }, 'a batch');
  if (!Number.isSafeInteger(nModels) || nModels < 1) throw new OptionError(`nModels must be a positive integer, not ${nModels}`);
  for (const [name, kind] of Object.entries(BATCH_ARRAYS)) {
    const values = batch[name as keyof typeof BATCH_ARRAYS];
    if (values !== undefined && !(values instanceof kind)) throw new OptionError(`${name} must be a ${kind.name}, not ${inWords(values)}`);
  }

  if (isLinearMixed(design)) {
    checkLinearMixed(design);
    if (batch.held !== undefined) {
      throw new OptionError('batches of linear mixed models take no held parameters: fixed effects and sigma follow from theta in closed form; put the known part of the predictor into offset');
    }
    if (batch.groupSizes !== undefined) {
      throw new OptionError('batches of linear mixed models take no groupSizes: their cross-products are made once per design; use levelCopies to resample levels');
    }
  }

  const perModel = (name: keyof Batch, width: number, unit: string): void => {
    const values = batch[name] as ArrayLike<number> | undefined;
    if (values === undefined || values.length === nModels * width) return;
    throw new DataError(`${name} has ${values.length} values; ${nModels} models of ${width} ${unit} need ${nModels * width}`);
  };
  if (batch.response instanceof Float64Array) {
    perModel('response', nobs, 'rows');
  } else {
    checkArgument('fitBatch', batch.response, ['params', 'seed', 'first'], 'the responses as a Float64Array', "or { kind: 'simulate', params, seed, first }");
    const { kind, params, seed, first } = batch.response;
    checkOptionNames(batch.response, SIMULATED_NAMES, 'a response');
    if ((kind as unknown) !== 'simulate') throw new OptionError(`the kind of a response is 'simulate', not ${inWords(kind)}`);
    checkSeed(seed);
    if (!(params instanceof Float64Array)) throw new OptionError(`params must be a Float64Array, not ${inWords(params)}`);
    if (params.length !== k) throw new DataError(`the generating parameters have ${params.length} values, the design needs ${k}`);
    if (!params.every(Number.isFinite)) throw new DataError('the generating parameters hold a value that is not a finite number');
    if (!Number.isSafeInteger(first) || first < 0) throw new OptionError(`the first replicate must be an integer from 0 on, not ${first}`);
  }
  if (batch.trials !== undefined && design.family !== 'binomial') {
    throw new DataError(`the batch brings trials, which ${design.family} models do not have; leave them out`);
  }
  perModel('trials', nobs, 'rows');
  perModel('weights', nobs, 'rows');
  perModel('offset', nobs, 'rows');
  perModel('x', nobs * nFixed, `rows × ${nFixed} columns`);
  perModel('z', nobs * q, `rows × ${q} columns`);
  for (const name of ['start', 'held'] as const) if (batch[name]?.length !== k) perModel(name, k, 'parameters');
  if (batch.held !== undefined && batch.start === undefined) {
    throw new OptionError('held parameters are held at their start; give the batch a start');
  }
  if (batch.metric !== undefined && batch.metric.length !== k * k) {
    throw new DataError(`metric has ${batch.metric.length} values, ${k} parameters need ${k * k}`);
  }
  if (batch.metric?.every(Number.isFinite) === false) throw new DataError('metric holds a value that is not a finite number');
  if (batch.groupSizes !== undefined) checkGroupSizes(design, batch, batch.groupSizes, perModel);
  if (batch.rowCopies !== undefined) {
    if (!isLinearMixed(design)) throw new OptionError('rowCopies are for linear mixed models; multiply the weights instead');
    checkCopies(batch.rowCopies, 'rowCopies');
    perModel('rowCopies', nobs, 'rows');
  }
  if (batch.levelCopies !== undefined) {
    if (!hasOneFactor(design)) throw new OptionError('levelCopies needs random effects on a single grouping factor');
    if (batch.groupSizes !== undefined) throw new OptionError('a batch takes groupSizes or levelCopies, not both');
    checkCopies(batch.levelCopies, 'levelCopies');
    perModel('levelCopies', design.random[0]!.levels.length, 'levels');
  }
}

function checkCopies(copies: Float64Array, name: 'rowCopies' | 'levelCopies'): void {
  if (!copies.every((value) => value >= 0 && value < Infinity)) throw new DataError(`${name} holds a value that is not a number from 0 on`);
}

function checkGroupSizes(
  design: Design, batch: Batch, sizes: Int32Array, perModel: (name: keyof Batch, width: number, unit: string) => void,
): void {
  const { nobs, random } = design;
  const first = random[0];
  if (first === undefined || random.some((term) => term.group !== first.group)) {
    throw new OptionError('groupSizes needs random effects on a single grouping factor');
  }
  const levels = first.levels.length;
  perModel('groupSizes', levels, 'levels');
  // Rows of the design belong to other levels now: whatever varies between them must come with the batch.
  const constantZ = random.every(({ z, names }) => z.every((value, at) => value === z[at % names.length]));
  const missing = (['x', 'z', 'trials', 'weights', 'offset'] as const).find(
    (name) => batch[name] === undefined && (name === 'x' || (name === 'z' ? !constantZ : design[name] !== null)),
  );
  const moving = design.auxiliary.find(({ role, x, names, offset }) =>
    role !== 'thresholds' && (x.some((value, at) => value !== x[at % names.length]) || (offset?.some((value) => value !== offset[0]) ?? false)));
  if (moving !== undefined) throw new OptionError(`the ${moving.role} model has predictors that vary between rows; groupSizes needs it to be constant (~ 1)`);
  if (missing !== undefined) throw new DataError(`a batch with its own groupSizes needs its own ${missing} as well, in the new order of rows`);
  for (let b = 0; b < batch.nModels; b++) {
    let rows = 0;
    for (let g = 0; g < levels; g++) {
      const size = sizes[b * levels + g]!;
      if (size < 0) throw new DataError(`groupSizes of model ${b} holds a negative number (${size})`);
      rows += size;
    }
    if (rows === 0 || rows > nobs) throw new DataError(`groupSizes of model ${b} add up to ${rows} rows; the design has ${nobs}`);
  }
}
