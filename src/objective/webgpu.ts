/**
 * The float32 Objective: one invocation per (model, run of groups), totals exact in fixed point, finished in float64 here.
 * Kernels: shaders/group_loglik.wgsl, profile_rows.wgsl, profile_sums.wgsl, reduce_runs.wgsl; for random terms on several factors
 * sparse_loglik.wgsl and sparse_profile.wgsl, one invocation per model.
 */
import { DeviceError, OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import { distributionOf } from '../gpu/distribution.js';
import { fromFixed } from '../gpu/fixed-point.js';
import {
  JOB_WORDS, type Kernel, type KernelName, type KernelShape, type KernelSizes, type OwnColumns, SHAPE_WORDS, WORKGROUP, auxiliaryPoints, groupKernel, kernelSource, likelihoodComponents,
  lowerEntries, profileComponents, reduceKernel, responsePlanes,
} from '../gpu/kernels.js';
import { PROFILE_RUNS, bufferWords, fittingCapacity, invocationsInFlight, profileWords } from '../gpu/memory.js';
import { sparsePattern, sparseScratch } from '../gpu/sparse-pattern.js';
import { USAGE } from '../gpu/usage.js';
import type { Batch } from '../model/batch.js';
import type { Design } from '../model/design.js';
import { quadratureFor } from './group-kernel.js';
import { severalFactorsQuadrature } from './cpu.js';
import { type DeviceAuxiliary, deviceAuxiliary, hasZeroInflation } from './device-auxiliary.js';
import { deviceRows } from './device-rows.js';
import type { Evaluation, Integration, Objective, Profile } from './objective.js';
import { type ManyFactors, manyFactors } from './many-factors.js';
import { type OneFactor, hasOneFactor, oneFactor } from './one-factor.js';
import { type Scaling, scaleDesign } from './scaling.js';

export interface WebGpuOptions {
  /** Most models loaded at once; default and upper bound: what the device's limits allow . */
  readonly capacity?: number;
  /** What each model will bring of its own; default: only its response. */
  readonly own?: Partial<OwnColumns>;
  /** Row evaluations (rows × models × nodes) of one dispatch at most: keeps dispatches well below a second on slow adapters. */
  readonly dispatchLimit?: number;
}

/** What the rounds of an objective have cost so far. */
export interface DeviceStatistics {
  rounds: number;
  /** Time of the kernels by timestamp queries, where the device has them. */
  gpuMilliseconds: number;
  /** From submission to data on the host. */
  waitMilliseconds: number;
  /** Packing and unpacking. */
  hostMilliseconds: number;
}

export interface WebGpuObjective extends Objective {
  readonly statistics: DeviceStatistics;
  readonly timestamps: boolean;
}

/** Private arrays of an invocation grow with p and q; beyond this the compiler spills and other devices refuse. */
const MAX_FIXED = 64;
const MAX_EFFECTS = 8;
const MAX_POINTS = 1024;
const DISPATCH_LIMIT = 2e8;

/** Why the device path does not take a design, or null. */
function unsupportedReason(design: Design, integration: Integration): string | null {
  if (integration.nAGQ > 1 && !hasOneFactor(design)) return severalFactorsQuadrature(design, integration.nAGQ);
  if (distributionOf(design.family, design.link, hasZeroInflation(design)) === null) return `family ${design.family} with link ${design.link} has no WebGPU kernel`;
  const p = design.fixedNames.length;
  const q = design.random.reduce((sum, term) => sum + term.names.length, 0);
  if (p > MAX_FIXED) return `the design has ${p} fixed-effect columns; the WebGPU kernels take ${MAX_FIXED}`;
  if (q > MAX_EFFECTS) return `the design has ${q} random effects per level; the WebGPU kernels take ${MAX_EFFECTS}`;
  if (integration.nAGQ > 1 && integration.nAGQ ** q > MAX_POINTS) {
    return `${integration.nAGQ} nodes in ${q} dimensions are ${integration.nAGQ ** q} points; the WebGPU kernels take ${MAX_POINTS}`;
  }
  return null;
}

const NOTHING_OWN: OwnColumns = { trials: false, weights: false, offset: false, x: false, z: false, groups: false };

/** What the models of a batch bring of their own. */
export function ownColumns(batch: Batch): OwnColumns {
  return {
    trials: batch.trials !== undefined, weights: batch.weights !== undefined, offset: batch.offset !== undefined,
    x: batch.x !== undefined, z: batch.z !== undefined, groups: batch.groupSizes !== undefined,
  };
}

/** Models that one objective on the device can hold, or why it holds none. */
export function deviceCapacity(
  device: GPUDevice, design: Design, integration: Integration, own: OwnColumns,
): number | { readonly reason: string } {
  const reason = unsupportedReason(design, integration);
  if (reason !== null) return { reason };
  const layout = layoutOf(design);
  const sizes = kernelSizes(layout, integration, own, deviceAuxiliary(design, layout.order));
  if (sizes === null) return { reason: TOO_DENSE };
  return fittingCapacity(device.limits, sizes) || { reason: `the design (${design.nobs} rows) is too large for the buffers of the device` };
}

const TOO_DENSE = 'the factorisation of the random effects is too dense for the buffers of the device';

type Layout = OneFactor | ManyFactors;
const layoutOf = (design: Design): Layout => (hasOneFactor(design) ? oneFactor(design) : manyFactors(design));

/** Sizes of the kernels, with the pattern's lists where there are several factors; null when those are too long. */
type DeviceSizes = KernelSizes & { readonly pattern: Uint32Array | null; readonly auxiliary: DeviceAuxiliary | null };

function kernelSizes(layout: Layout, integration: Integration, own: OwnColumns, auxiliary: DeviceAuxiliary | null): DeviceSizes | null {
  const { nobs: rows, nFixed, q, nEffects: effects } = layout;
  const nodes = quadratureFor(integration, q)?.logWeights.length ?? 0;
  const common = { rows, nFixed, q, effects, nodes, own, auxiliary };
  if (!('symbolic' in layout)) return { ...common, groups: layout.nGroups, sparse: null, pattern: null };
  const thetas = Array.from(layout.thetaRow, (row, t) => {
    const column = layout.thetaColumn[t]!;
    return [row, column, 1 + nFixed + lowerIndex(row, column, q)] as const;
  });
  const pattern = sparsePattern({ ...layout, rows, thetas });
  if (pattern === null) return null;
  const scratch = sparseScratch(rows, nFixed, effects, layout.symbolic.rows.length, auxiliary !== null);
  return { ...common, groups: 1, sparse: { pattern: pattern.places, scratch }, pattern: pattern.words };
}

/**
 * Objective of a design on a device. Covariances are free ones: `structuredObjective` brings the others.
 * @throws OptionError when the kernels do not take the design (the message says why), DeviceError when the device is lost or has too little memory.
 */
export async function createWebGpuObjective(
  device: GPUDevice, design: Design, integration: Integration, options: WebGpuOptions = {},
): Promise<WebGpuObjective> {
  const reason = unsupportedReason(design, integration);
  if (reason !== null) throw new OptionError(`${reason}; use backend 'cpu'`);
  const layout = layoutOf(design);
  const sizes = kernelSizes(layout, integration, { ...NOTHING_OWN, ...options.own }, deviceAuxiliary(design, layout.order));
  if (sizes === null) throw new OptionError(`${TOO_DENSE}; use backend 'cpu'`);
  const objective = new GpuObjective(device, design, layout, integration, sizes, options);
  try {
    await objective.compile();
  } catch (error) {
    objective.dispose();
    throw error;
  }
  return objective;
}

class GpuObjective implements WebGpuObjective {
  readonly backend = 'webgpu';
  readonly capacity: number;
  readonly nParams: number;
  /** Measured on cbpp, toenail and 10,000-row designs: the totals are exact, the rows are not. */
  readonly valueNoise = 2e-7;
  readonly statistics: DeviceStatistics = { rounds: 0, gpuMilliseconds: 0, waitMilliseconds: 0, hostMilliseconds: 0 };
  readonly timestamps: boolean;
  readonly #device: GPUDevice;
  readonly #design: Design;
  readonly #layout: Layout;
  readonly #integration: Integration;
  readonly #shape: KernelShape;
  readonly #scaling: Scaling;
  readonly #auxiliary: DeviceAuxiliary | null;
  readonly #dispatchLimit: number;
  readonly #buffers: GPUBuffer[] = [];
  readonly #groupBuffers: GPUBuffer[];
  readonly #job: GPUBuffer;
  readonly #reduceShape: GPUBuffer;
  readonly #totals: GPUBuffer;
  readonly #staging: GPUBuffer;
  readonly #queries: { readonly set: GPUQuerySet; readonly resolve: GPUBuffer } | null;
  readonly #kernels = new Map<string, Kernel & { readonly binding: GPUBindGroup }>();
  readonly #maxInvocations: number;
  #reduce: (Kernel & { readonly binding: GPUBindGroup }) | undefined;
  /** What the device said to the creation of the buffers; null if nothing. */
  readonly #creation: Promise<string | null>;
  #lost: string | undefined;
  /** Work of one objective is serial: its buffers are shared by all rounds. */
  #turn: Promise<unknown> = Promise.resolve();
  #loaded = 0;
  #constants = new Float64Array(0);

  constructor(
    device: GPUDevice, design: Design, layout: Layout, integration: Integration, sizes: DeviceSizes, options: WebGpuOptions,
  ) {
    const { own, nodes, auxiliary } = sizes;
    this.#auxiliary = auxiliary;
    this.#device = device;
    this.#design = design;
    this.#layout = layout;
    this.#integration = integration;
    this.#dispatchLimit = options.dispatchLimit ?? DISPATCH_LIMIT;
    this.nParams = layout.nParams;
    this.#scaling = scaleDesign(layout, { x: own.x, z: own.z });
    const { nobs: n, nFixed: p, q } = layout;
    const quadrature = quadratureFor(integration, q);

    // Shared columns in one buffer: X, Z, then what exists of trials, weights, offset, nodes and weights of the quadrature.
    const parts: Float64Array[] = [this.#scaling.x, this.#scaling.z];
    let words = n * (p + q);
    const place = (values: Float64Array | null): number | null => {
      if (values === null) return null;
      const at = words;
      parts.push(values);
      words += values.length;
      return at;
    };
    const sorted = (values: Float64Array | null): Float64Array | null =>
      values === null ? null : Float64Array.from(layout.order, (row) => values[row]!);
    const places = {
      trials: place(sorted(design.trials)),
      weights: place(sorted(design.weights)),
      offset: place(sorted(design.offset)),
      nodes: place(quadrature?.nodes ?? null) ?? 0,
    };
    place(quadrature?.logWeights ?? null);
    const auxiliaryPlaces = { auxiliary: place(auxiliary?.x ?? null) ?? 0, auxiliaryOffset: place(auxiliary?.offsets ?? null) ?? 0 };
    const family = familyOf(design);
    this.#shape = { ...sizes, family: design.family, link: design.link, canonical: family.canonical, places: { ...places, ...auxiliaryPlaces } };

    this.#maxInvocations = invocationsInFlight(nodes);
    this.capacity = fittingCapacity(device.limits, this.#shape, options.capacity);
    if (this.capacity < 1) throw new OptionError(`the design (${n} rows) is too large for the device's buffers; use backend 'cpu'`);

    device.pushErrorScope('out-of-memory');
    device.pushErrorScope('validation');
    const create = (label: string, size: number, usage: number): GPUBuffer => {
      const buffer = device.createBuffer({ label, size: Math.max(16, Math.ceil(size / 4) * 4), usage });
      this.#buffers.push(buffer);
      return buffer;
    };
    const lengths = bufferWords(this.#shape, this.capacity);
    const input = USAGE.storage | USAGE.copyTarget;
    const designBuffer = create('design', words * 4, input);
    const packed = new Float32Array(words);
    let at = 0;
    for (const part of parts) {
      packed.set(part, at);
      at += part.length;
    }
    device.queue.writeBuffer(designBuffer, 0, packed);
    // First rows of the groups, or the pattern of the factorisation.
    const starts = sizes.pattern ?? Uint32Array.from(layout.starts);
    const startsBuffer = create('starts', starts.length * (own.groups ? this.capacity : 1) * 4, input);
    if (!own.groups) device.queue.writeBuffer(startsBuffer, 0, Uint32Array.from(starts));
    this.#groupBuffers = [
      designBuffer,
      startsBuffer,
      create('responses', lengths.responses * 4, input),
      create('point', lengths.point * 4, input),
      create('picked', this.capacity * 4, input),
      create('modes', lengths.modes * 4, input | USAGE.copySource),
      create('scratch', lengths.scratch * 4, USAGE.storage),
      create('sums', lengths.sums * 4, USAGE.storage | USAGE.copySource),
    ];
    this.#job = create('job', JOB_WORDS * 4, USAGE.uniform | USAGE.copyTarget);
    this.#reduceShape = create('shape', SHAPE_WORDS * 4, USAGE.uniform | USAGE.copyTarget);
    this.#totals = create('totals', lengths.totals * 4, USAGE.storage | USAGE.copySource);
    this.#staging = create('staging', lengths.totals * 4 + 16, USAGE.mapRead | USAGE.copyTarget);
    this.timestamps = device.features.has('timestamp-query');
    this.#queries = this.timestamps
      ? { set: device.createQuerySet({ type: 'timestamp', count: 2 }), resolve: create('timestamps', 16, USAGE.queryResolve | USAGE.copySource) }
      : null;
    // Writes that are never submitted keep their memory.
    device.queue.submit([]);
    this.#creation = refusal(device);
    void device.lost.then(({ message, reason }) => { this.#lost = message || reason || 'unknown reason'; });
  }

  /** Waits for the buffers and compiles the kernels that every fit needs. */
  compile(): Promise<void> {
    return this.#inTurn(() => this.#compile());
  }

  async #compile(): Promise<void> {
    const refused = await this.#creation;
    if (refused !== null) {
      throw new DeviceError(`the WebGPU device has no room for ${this.capacity} models of this design at once: ${refused}`);
    }
    const components = likelihoodComponents(this.#shape);
    const kernel = await reduceKernel(this.#device, components);
    const binding = this.#device.createBindGroup({
      label: 'reduce_runs', layout: kernel.layout,
      entries: [this.#reduceShape, this.#groupBuffers[7]!, this.#totals].map((buffer, i) => ({ binding: i, resource: { buffer } })),
    });
    this.#reduce = { ...kernel, binding };
    await this.#kernel(this.#likelihoodKernel(), this.#integration.information === 'expected');
  }

  load(batch: Batch & { response: Float64Array }, from: number, to: number): Promise<void> {
    return this.#inTurn(() => { this.#load(batch, from, to); });
  }

  #load(batch: Batch & { response: Float64Array }, from: number, to: number): void {
    const { nobs: n, nFixed: p, q, nEffects, order } = this.#layout;
    const { own, groups: nGroups } = this.#shape;
    const count = to - from;
    if (count > this.capacity) throw new OptionError(`${count} models do not fit an objective for ${this.capacity}`);
    this.#checkOwn(batch);
    const place = own.groups ? Int32Array.from({ length: n }, (_, i) => i) : order;
    const planes = responsePlanes(this.#shape);
    const packed = new Float32Array(planes.count * n * count);
    const rows = deviceRows(this.#design.family);
    const put = (values: Float64Array, plane: number, width: number, replace: ((value: number) => number) | null): void => {
      for (let b = 0; b < count; b++) {
        const base = (from + b) * n * width;
        for (let i = 0; i < n; i++) {
          const row = base + place[i]! * width;
          for (let j = 0; j < width; j++) {
            const value = values[row + j]!;
            packed[((plane + j) * n + i) * count + b] = replace === null ? value : replace(value);
          }
        }
      }
    };
    put(batch.response, 0, 1, rows.response);
    if (own.trials) put(batch.trials!, planes.first.trials, 1, null);
    if (own.weights) put(batch.weights!, planes.first.weights, 1, null);
    if (own.offset) put(batch.offset!, planes.first.offset, 1, null);
    if (own.x) put(batch.x!, planes.first.x, p, null);
    if (own.z) put(batch.z!, planes.first.z, q, null);
    const { queue } = this.#device;
    queue.writeBuffer(this.#groupBuffers[2]!, 0, packed);
    const ends = new Int32Array(count).fill(n);
    if (own.groups) {
      const starts = new Uint32Array((nGroups + 1) * count);
      for (let b = 0; b < count; b++) {
        for (let g = 0; g < nGroups; g++) starts[(g + 1) * count + b] = starts[g * count + b]! + batch.groupSizes![(from + b) * nGroups + g]!;
        ends[b] = starts[nGroups * count + b]!;
      }
      queue.writeBuffer(this.#groupBuffers[1]!, 0, starts);
    }
    queue.writeBuffer(this.#groupBuffers[5]!, 0, new Float32Array(nEffects * count));
    queue.submit([]);
    this.#loaded = count;
    this.#constants = new Float64Array(count);
    const family = familyOf(this.#design);
    for (let b = 0; b < count; b++) {
      let sum = 0;
      for (let i = 0; i < ends[b]!; i++) {
        const row = (from + b) * n + place[i]!;
        const y = batch.response[row]!;
        const trials = batch.trials?.[row] ?? this.#design.trials?.[place[i]!] ?? 1;
        const weight = batch.weights?.[row] ?? this.#design.weights?.[place[i]!] ?? 1;
        sum += family.constant(y, trials, weight) + rows.reference(y, trials, weight);
      }
      this.#constants[b] = sum;
    }
  }

  evaluate(evaluation: Evaluation): Promise<void> {
    return this.#inTurn(() => this.#evaluate(evaluation));
  }

  async #evaluate({ count, models, params, value, gradient, keepModes, adjoint }: Evaluation): Promise<void> {
    if (count === 0) return;
    const started = performance.now();
    const shape = this.#shape;
    const { nFixed: p, q, nParams: k, thetaRow, thetaColumn } = this.#layout;
    const components = likelihoodComponents(shape);
    const kernel = await this.#kernel(this.#likelihoodKernel(), this.#integration.information === 'expected', adjoint !== undefined);
    let submitted = started;
    const totals = await this.#round(() => {
      this.#writePoint(count, models, params, adjoint);
      const chunks = this.#chunks(count);
      this.#dispatchRuns(kernel, count, chunks, keepModes, 1 + shape.nodes);
      const rowSize = this.#rowSize(count * (components + 1));
      this.#device.queue.writeBuffer(this.#reduceShape, 0, Uint32Array.of(count, chunks, rowSize, 0));
      this.#dispatch(this.#reduce!, count * (components + 1), this.#queries === null ? undefined : { querySet: this.#queries.set, endOfPassWriteIndex: 1 });
      submitted = performance.now();
      return this.#read(this.#totals, (2 * components + 1) * count);
    });
    const arrived = performance.now();
    for (let e = 0; e < count; e++) {
      const at = (component: number): number => fromFixed(totals[2 * component * count + e]!, totals[(2 * component + 1) * count + e]!);
      let failed = totals[2 * components * count + e] !== 0;
      // A component whose sum left the range.
      for (let component = 0; component < components; component++) failed ||= Number.isNaN(at(component));
      value[e] = failed ? NaN : at(0) + this.#constants[models[e]!]!;
      for (let j = 0; j < p; j++) gradient[e * k + j] = at(1 + j);
      this.#scaling.backward(gradient, e * k);
      for (let t = 0; t < thetaRow.length; t++) {
        const component = 1 + p + lowerIndex(thetaRow[t]!, thetaColumn[t]!, q);
        gradient[e * k + p + t] = at(component) * this.#scaling.lambdaScale[thetaRow[t]!]!;
      }
      if (this.#auxiliary !== null) {
        const first = 1 + p + lowerEntries(q);
        const slopes = Float64Array.from({ length: components - first }, (_, j) => at(first + j));
        this.#auxiliary.backward(slopes, gradient, e * k + p + thetaRow.length);
      }
    }
    this.statistics.rounds++;
    this.statistics.waitMilliseconds += arrived - submitted;
    this.statistics.hostMilliseconds += submitted - started + performance.now() - arrived;
  }

  profile(profile: Profile): Promise<void> {
    return this.#inTurn(() => this.#profile(profile));
  }

  async #profile({ count: total, models, params, weights, score, schur }: Profile): Promise<void> {
    const { nFixed: p, nParams: k } = this.#layout;
    const components = profileComponents(this.#shape);
    const sparse = this.#shape.sparse !== null;
    const rows = await this.#kernel(sparse ? 'sparse_profile' : 'profile_rows', weights === 'expected');
    const sums = sparse ? null : await this.#kernel('profile_sums', weights === 'expected');
    // Profiles need more room per entry than evaluations: several rounds where the entries are many.
    const most = this.#profileCapacity();
    for (let first = 0; first < total; first += most) {
      const count = Math.min(most, total - first);
      const chunks = Math.min(this.#chunks(count), PROFILE_RUNS);
      const words = await this.#round(() => {
        this.#writePoint(count, models.subarray(first), params.subarray(first * k));
        this.#dispatchRuns(rows, count, chunks, false, 1);
        if (sums !== null) {
          this.#writeJob(count, chunks, 0, chunks, false, count * components);
          this.#dispatch(sums, count * components);
        }
        return this.#read(this.#groupBuffers[7]!, (chunks + 2 * components) * count);
      });
      for (let e = 0; e < count; e++) {
        let failed = false;
        for (let run = 0; run < chunks; run++) failed ||= words[run * count + e] !== 0;
        const at = (component: number): number => failed ? NaN :
          fromFixed(words[(chunks + 2 * component) * count + e]!, words[(chunks + 2 * component + 1) * count + e]!);
        const out = first + e;
        for (let j = 0; j < p; j++) {
          score[out * p + j] = at(j);
          for (let i = 0; i <= j; i++) schur[(out * p + j) * p + i] = schur[(out * p + i) * p + j] = at(p + (j * (j + 1)) / 2 + i);
        }
        this.#scaling.backward(score, out * p);
        this.#scaling.backwardMatrix(schur, out * p * p);
      }
    }
  }

  modes(model: number): Promise<Float64Array> {
    return this.#inTurn(async () => {
      const { nEffects } = this.#layout;
      const words = await this.#round(() => this.#read(this.#groupBuffers[5]!, nEffects * this.#loaded, true));
      const values = new Float32Array(words.buffer);
      // Several factors: the device keeps effects in elimination order.
      const place = 'eliminated' in this.#layout ? this.#layout.eliminated : null;
      return Float64Array.from({ length: nEffects }, (_, e) => values[(place === null ? e : place[e]!) * this.#loaded + model]!);
    });
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#queries?.set.destroy();
  }

  /** One thing after another, whatever callers do; errors of a lost device become DeviceErrors. */
  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const run = this.#turn.then(async () => {
      if (this.#lost !== undefined) throw new DeviceError(`the WebGPU device was lost: ${this.#lost}`);
      try {
        return await work();
      } catch (error) {
        // A rejected mapping may arrive before the loss itself is announced.
        await Promise.resolve();
        if (this.#lost !== undefined) throw new DeviceError(`the WebGPU device was lost: ${this.#lost}`);
        throw error;
      }
    });
    this.#turn = run.catch(() => undefined);
    return run;
  }

  #likelihoodKernel(): KernelName {
    return this.#shape.sparse === null ? 'group_loglik' : 'sparse_loglik';
  }

  async #kernel(name: KernelName, expected: boolean, adjoint = false): Promise<Kernel & { readonly binding: GPUBindGroup }> {
    const key = `${name} ${expected} ${adjoint}`;
    const known = this.#kernels.get(key);
    if (known !== undefined) return known;
    const kernel = await groupKernel(this.#device, name, kernelSource(name, this.#shape, { expected, adjoint }));
    const binding = this.#device.createBindGroup({
      label: name, layout: kernel.layout,
      entries: [this.#job, ...this.#groupBuffers].map((buffer, i) => ({ binding: i, resource: { buffer } })),
    });
    const bound = { ...kernel, binding };
    this.#kernels.set(key, bound);
    return bound;
  }

  #writePoint(count: number, models: Int32Array, params: Float64Array, adjoint?: Float64Array): void {
    const { nFixed: p, q, nParams: k, thetaRow, thetaColumn } = this.#layout;
    const lower = lowerEntries(q);
    const further = auxiliaryPoints(this.#shape);
    const auxiliary = new Float64Array(further);
    const point = new Float32Array((p + lower + further + (adjoint === undefined ? 0 : p)) * count);
    const transformed = new Float64Array(p);
    for (let e = 0; e < count; e++) {
      this.#scaling.forward(params, e * k, transformed);
      for (let j = 0; j < p; j++) point[j * count + e] = transformed[j]!;
      for (let t = 0; t < thetaRow.length; t++) {
        const row = thetaRow[t]!;
        point[(p + lowerIndex(row, thetaColumn[t]!, q)) * count + e] = params[e * k + p + t]! * this.#scaling.lambdaScale[row]!;
      }
      this.#auxiliary?.forward(params, e * k + p + thetaRow.length, auxiliary);
      for (let j = 0; j < further; j++) point[(p + lower + j) * count + e] = auxiliary[j]!;
      if (adjoint === undefined) continue;
      this.#scaling.forward(adjoint, e * p, transformed);
      for (let j = 0; j < p; j++) point[(p + lower + further + j) * count + e] = transformed[j]!;
    }
    this.#device.queue.writeBuffer(this.#groupBuffers[3]!, 0, point);
    this.#device.queue.writeBuffer(this.#groupBuffers[4]!, 0, Uint32Array.from(models.subarray(0, count)));
  }

  /** Runs of groups: enough invocations to fill a large device, no more than there are groups. */
  #chunks(count: number): number {
    return Math.max(1, Math.min(this.#shape.groups, Math.floor(this.#maxInvocations / count)));
  }

  /** All runs, in as many dispatches as their cost asks for. */
  #dispatchRuns(kernel: Kernel & { readonly binding: GPUBindGroup }, count: number, chunks: number, keep: boolean, passes: number): void {
    const rowsPerRun = Math.ceil(this.#layout.nobs / chunks);
    const runs = Math.max(1, Math.floor(this.#dispatchLimit / (rowsPerRun * count * passes)));
    for (let from = 0; from < chunks; from += runs) {
      const to = Math.min(chunks, from + runs);
      this.#writeJob(count, chunks, from, to, keep, count * (to - from));
      this.#dispatch(kernel, count * (to - from), this.#queries === null || from > 0 ? undefined : { querySet: this.#queries.set, beginningOfPassWriteIndex: 0 });
    }
  }

  #writeJob(count: number, chunks: number, from: number, to: number, keep: boolean, invocations: number): void {
    const perChunk = Math.ceil(this.#shape.groups / chunks);
    this.#device.queue.writeBuffer(this.#job, 0, Uint32Array.of(count, this.#loaded, chunks, perChunk, from, to, keep ? 1 : 0, this.#rowSize(invocations)));
  }

  /** Invocations of one row of workgroups: the grid becomes two-dimensional where one dimension is not enough. */
  #rowSize(invocations: number): number {
    const groups = Math.ceil(invocations / WORKGROUP);
    return Math.min(groups, this.#device.limits.maxComputeWorkgroupsPerDimension) * WORKGROUP;
  }

  #dispatch(kernel: Kernel & { readonly binding: GPUBindGroup }, invocations: number, timestampWrites?: GPUComputePassTimestampWrites): void {
    const groups = Math.ceil(invocations / WORKGROUP);
    const x = Math.min(groups, this.#device.limits.maxComputeWorkgroupsPerDimension);
    const encoder = this.#device.createCommandEncoder();
    const pass = encoder.beginComputePass(timestampWrites === undefined ? {} : { timestampWrites });
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, kernel.binding);
    pass.dispatchWorkgroups(x, Math.ceil(groups / x));
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  /**
   * One round of work, submitted before its first wait. What the device refuses would leave the results of an earlier round in place:
   * @throws DeviceError instead.
   */
  async #round(work: () => Promise<Uint32Array>): Promise<Uint32Array> {
    this.#device.pushErrorScope('out-of-memory');
    this.#device.pushErrorScope('validation');
    const [words, refused] = await Promise.all([work(), refusal(this.#device)]);
    if (refused !== null) throw new DeviceError(`the WebGPU device refused the work: ${refused}`);
    return words;
  }

  /** Words of a buffer on the host; the only wait. */
  async #read(source: GPUBuffer, words: number, ownStaging = false): Promise<Uint32Array> {
    const size = words * 4;
    // Modes and profiles can be larger than the totals of a round.
    const temporary = ownStaging || size + 16 > this.#staging.size
      ? this.#device.createBuffer({ label: 'staging', size: size + 16, usage: USAGE.mapRead | USAGE.copyTarget }) : null;
    const staging = temporary ?? this.#staging;
    const encoder = this.#device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 16, size);
    const timed = this.#queries !== null && source === this.#totals;
    if (timed) {
      encoder.resolveQuerySet(this.#queries.set, 0, 2, this.#queries.resolve, 0);
      encoder.copyBufferToBuffer(this.#queries.resolve, 0, staging, 0, 16);
    }
    this.#device.queue.submit([encoder.finish()]);
    try {
      await staging.mapAsync(1, 0, size + 16);
      const bytes = staging.getMappedRange(0, size + 16).slice(0);
      staging.unmap();
      if (timed) {
        const [begin, end] = new BigUint64Array(bytes, 0, 2) as unknown as [bigint, bigint];
        if (end > begin) this.statistics.gpuMilliseconds += Number(end - begin) * 1e-6;
      }
      return new Uint32Array(bytes.slice(16));
    } finally {
      temporary?.destroy();
    }
  }

  /** Entries that a profile can take in one round. */
  #profileCapacity(): number {
    const lengths = bufferWords(this.#shape, this.capacity);
    return Math.max(1, Math.min(
      Math.floor(lengths.scratch / profileWords(this.#shape)),
      Math.floor(lengths.sums / (PROFILE_RUNS + 2 * profileComponents(this.#shape))),
    ));
  }

  #checkOwn(batch: Batch): void {
    const { own } = this.#shape;
    const brought = ownColumns(batch);
    for (const name of Object.keys(brought) as (keyof OwnColumns)[]) {
      if (brought[name] !== own[name]) throw new OptionError(`the objective was made ${own[name] ? 'for' : 'without'} ${name} of single models`);
    }
  }
}

/** Closes the two error scopes opened last; the first complaint, or null. A lost device complains elsewhere. */
async function refusal(device: GPUDevice): Promise<string | null> {
  const scopes = [device.popErrorScope(), device.popErrorScope()];
  const errors = await Promise.all(scopes.map((scope) => scope.catch(() => null)));
  return errors.find((error) => error !== null)?.message ?? null;
}

/** Place of (row, column) in the lower triangle by columns. */
function lowerIndex(row: number, column: number, q: number): number {
  return column * q - (column * (column - 1)) / 2 + (row - column);
}
