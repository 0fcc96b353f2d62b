/** Parts of a batch, and responses drawn where they are fitted. */
import type { Batch, SimulatedResponses } from '../model/batch.js';
import { type Design, parameterLayout } from '../model/design.js';
import { type Simulator, createSimulator } from '../random/simulate.js';

/** A batch whose responses are numbers. */
export type NumericBatch = Batch & { readonly response: Float64Array };

type Numbers = Float64Array | Int32Array | Uint8Array;

/** What a batch may hold per model. */
const PER_MODEL = ['trials', 'weights', 'offset', 'x', 'z', 'groupSizes', 'levelCopies', 'rowCopies', 'start', 'held'] as const;

/** The given models of a batch, in that order, as a batch of their own. Nothing is shared with the original but what all models share. */
export function selectModels(design: Design, batch: Batch, models: readonly number[]): NumericBatch {
  const draw = responseDrawer(design);
  const parts = models.map((b) => draw(sliceBatch(design, batch, b, b + 1)));
  const join = <T extends Numbers>(pick: (part: NumericBatch) => T): T => {
    const arrays = parts.map(pick);
    const out = new (arrays[0]!.constructor as new (length: number) => T)(arrays.reduce((sum, array) => sum + array.length, 0));
    let at = 0;
    for (const array of arrays) {
      out.set(array, at);
      at += array.length;
    }
    return out;
  };
  const out: Record<string, unknown> = { nModels: models.length, response: join((part) => part.response) };
  for (const name of PER_MODEL) if (batch[name] !== undefined) out[name] = join((part) => part[name] as Numbers);
  if (batch.metric !== undefined) out.metric = batch.metric;
  return out as unknown as NumericBatch;
}

/** Models [from, to) as a batch of their own. Views, no copies; simulated responses stay to be drawn. */
export function sliceBatch(design: Design, batch: Batch, from: number, to: number): Batch {
  const { nParams } = parameterLayout(design);
  const cut = <T extends Numbers>(values: T): T => {
    const width = values.length / batch.nModels;
    return values.subarray(from * width, to * width) as T;
  };
  const { response } = batch;
  const out: Record<string, unknown> = {
    nModels: to - from,
    response: response instanceof Float64Array ? cut(response) : { ...response, first: response.first + from },
  };
  for (const name of PER_MODEL) {
    const values = batch[name];
    if (values === undefined) continue;
    const shared = (name === 'start' || name === 'held') && values.length === nParams;
    out[name] = shared ? values : cut(values);
  }
  if (batch.metric !== undefined) out.metric = batch.metric;
  return out as unknown as Batch;
}

/** A copy that owns its memory, with the buffers that can be handed to another thread. */
export function detachedCopy(batch: Batch): { batch: Batch; transfer: ArrayBuffer[] } {
  const transfer: ArrayBuffer[] = [];
  const copy = Object.fromEntries(
    Object.entries(batch).map(([name, value]) => {
      if (!ArrayBuffer.isView(value)) return [name, value];
      const owned = (value as unknown as Numbers).slice();
      transfer.push(owned.buffer);
      return [name, owned];
    }),
  ) as unknown as Batch;
  return { batch: copy, transfer };
}

/** Returns a function that replaces simulated responses by numbers; it keeps the simulator of the latest parameters. */
export function responseDrawer(design: Design): (batch: Batch) => NumericBatch {
  let latest: { params: Float64Array; simulator: Simulator } | undefined;
  return (batch) => {
    const { response } = batch;
    if (response instanceof Float64Array) return batch as NumericBatch;
    if (latest === undefined || !sameNumbers(latest.params, response.params)) {
      latest = { params: response.params, simulator: createSimulator(design, response.params) };
    }
    return { ...batch, response: drawAll(latest.simulator, design, batch, response) };
  };
}

function drawAll(simulator: Simulator, design: Design, batch: Batch, { seed, first }: SimulatedResponses): Float64Array {
  const n = design.nobs;
  const out = new Float64Array(batch.nModels * n);
  const ownsRows = (['trials', 'weights', 'offset', 'x', 'z', 'groupSizes'] as const).some((name) => batch[name] !== undefined);
  for (let b = 0; b < batch.nModels; b++) {
    simulator.simulate(first + b, seed, out, b * n, ownsRows ? (sliceBatch(design, batch, b, b + 1)) : undefined);
  }
  return out;
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((value, j) => value === b[j]));
}
