/**
 * The float32 Objective: one invocation per (model, run of groups), totals exact in fixed point, finished in float64 here.
 * Kernels: shaders/group_loglik.wgsl, profile_rows.wgsl, profile_sums.wgsl, reduce_runs.wgsl; for random terms on several factors
 * sparse_loglik.wgsl and sparse_profile.wgsl, one invocation per model.
 */
import { DeviceError, OptionError } from '../errors.js';
import { familyOf } from '../families/registry.js';
import { fromFixed } from '../gpu/fixed-point.js';
import {
  JOB_WORDS, type KernelName, type KernelShape, type OwnColumns, SHAPE_WORDS, auxiliaryPoints, groupKernel, kernelSource, likelihoodComponents, lowerEntries, profileComponents,
  reduceKernel, responsePlanes,
} from '../gpu/kernels.js';
import { PROFILE_RUNS, bufferWords, fittingCapacity, invocationsInFlight, profileWords } from '../gpu/memory.js';
import { type BoundKernel, DeviceRounds, type DeviceStatistics, openScopes, refusal } from '../gpu/rounds.js';
import { USAGE } from '../gpu/usage.js';
import type { Batch } from '../model/batch.js';
import type { Design } from '../model/design.js';
import { quadratureFor } from './group-kernel.js';
import type { DeviceAuxiliary } from './device-auxiliary.js';
import { deviceRows } from './device-rows.js';
import { type DeviceSizes, deviceSizes, lowerIndex, ownColumns } from './device-sizes.js';
import type { Evaluation, Integration, Objective, Profile } from './objective.js';
import { type Scaling, scaleDesign } from './scaling.js';

export interface WebGpuOptions {
  /** Most models loaded at once; default and upper bound: what the device's limits allow. */
  readonly capacity?: number;
  /** What each model will bring of its own; default: only its response. */
  readonly own?: Partial<OwnColumns>;
  /** Row evaluations (rows × models × nodes) of one dispatch at most: keeps dispatches well below a second on slow adapters. */
  readonly dispatchLimit?: number;
}

export interface WebGpuObjective extends Objective {
  readonly statistics: DeviceStatistics;
  readonly timestamps: boolean;
}

const DISPATCH_LIMIT = 2e8;

const NOTHING_OWN: OwnColumns = { trials: false, weights: false, offset: false, x: false, z: false, groups: false };

/**
 * Objective of a design on a device. Covariances are free ones: `structuredObjective` brings the others.
 * @throws OptionError when the kernels do not take the design (the message says why), DeviceError when the device is lost or has too little memory.
 */
export async function createWebGpuObjective(
  device: GPUDevice, design: Design, integration: Integration, options: WebGpuOptions = {},
): Promise<WebGpuObjective> {
  const sizes = deviceSizes(design, integration, { ...NOTHING_OWN, ...options.own });
  if ('reason' in sizes) throw new OptionError(`${sizes.reason}; use backend 'cpu'`);
  const objective = new GpuObjective(device, design, integration, sizes, options);
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
  readonly #device: GPUDevice;
  readonly #design: Design;
  readonly #layout: DeviceSizes['layout'];
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
  readonly #rounds: DeviceRounds;
  readonly #kernels = new Map<string, BoundKernel>();
  readonly #maxInvocations: number;
  #reduce: BoundKernel | undefined;
  /** What the device said to the creation of the buffers; null if nothing. */
  readonly #creation: Promise<string | null>;
  #loaded = 0;
  #constants = new Float64Array(0);

  constructor(device: GPUDevice, design: Design, integration: Integration, sizes: DeviceSizes, options: WebGpuOptions) {
    const { layout, own, nodes, auxiliary } = sizes;
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

    openScopes(device);
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
    this.#rounds = new DeviceRounds(device, lengths.totals * 4);
    // Writes that are never submitted keep their memory.
    device.queue.submit([]);
    this.#creation = refusal(device);
  }

  get statistics(): DeviceStatistics {
    return this.#rounds.statistics;
  }

  get timestamps(): boolean {
    return this.#rounds.timestamps;
  }

  /** Waits for the buffers and compiles the kernels that every fit needs. */
  compile(): Promise<void> {
    return this.#rounds.inTurn(() => this.#compile());
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
    return this.#rounds.inTurn(() => { this.#load(batch, from, to); });
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
    return this.#rounds.inTurn(() => this.#evaluate(evaluation));
  }

  async #evaluate({ count, models, params, value, gradient, keepModes, adjoint }: Evaluation): Promise<void> {
    if (count === 0) return;
    const started = performance.now();
    const shape = this.#shape;
    const { nFixed: p, q, nParams: k, thetaRow, thetaColumn } = this.#layout;
    const components = likelihoodComponents(shape);
    const kernel = await this.#kernel(this.#likelihoodKernel(), this.#integration.information === 'expected', adjoint !== undefined);
    let submitted = started;
    const totals = await this.#rounds.round(() => {
      this.#writePoint(count, models, params, adjoint);
      const chunks = this.#chunks(count);
      this.#dispatchRuns(kernel, count, chunks, keepModes, 1 + shape.nodes);
      const rowSize = this.#rounds.rowSize(count * (components + 1));
      this.#device.queue.writeBuffer(this.#reduceShape, 0, Uint32Array.of(count, chunks, rowSize, 0));
      this.#rounds.dispatch(this.#reduce!, count * (components + 1), 'end');
      submitted = performance.now();
      return this.#rounds.read(this.#totals, (2 * components + 1) * count, true);
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
    return this.#rounds.inTurn(() => this.#profile(profile));
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
      const words = await this.#rounds.round(() => {
        this.#writePoint(count, models.subarray(first), params.subarray(first * k));
        this.#dispatchRuns(rows, count, chunks, false, 1);
        if (sums !== null) {
          this.#writeJob(count, chunks, 0, chunks, false, count * components);
          this.#rounds.dispatch(sums, count * components);
        }
        return this.#rounds.read(this.#groupBuffers[7]!, (chunks + 2 * components) * count);
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
    return this.#rounds.inTurn(async () => {
      const { nEffects } = this.#layout;
      const words = await this.#rounds.round(() => this.#rounds.read(this.#groupBuffers[5]!, nEffects * this.#loaded));
      const values = new Float32Array(words.buffer);
      // Several factors: the device keeps effects in elimination order.
      const place = 'eliminated' in this.#layout ? this.#layout.eliminated : null;
      return Float64Array.from({ length: nEffects }, (_, e) => values[(place === null ? e : place[e]!) * this.#loaded + model]!);
    });
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.destroy();
    this.#rounds.dispose();
  }

  #likelihoodKernel(): KernelName {
    return this.#shape.sparse === null ? 'group_loglik' : 'sparse_loglik';
  }

  async #kernel(name: KernelName, expected: boolean, adjoint = false): Promise<BoundKernel> {
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
  #dispatchRuns(kernel: BoundKernel, count: number, chunks: number, keep: boolean, passes: number): void {
    const rowsPerRun = Math.ceil(this.#layout.nobs / chunks);
    const runs = Math.max(1, Math.floor(this.#dispatchLimit / (rowsPerRun * count * passes)));
    for (let from = 0; from < chunks; from += runs) {
      const to = Math.min(chunks, from + runs);
      this.#writeJob(count, chunks, from, to, keep, count * (to - from));
      this.#rounds.dispatch(kernel, count * (to - from), from === 0 ? 'begin' : null);
    }
  }

  #writeJob(count: number, chunks: number, from: number, to: number, keep: boolean, invocations: number): void {
    const perChunk = Math.ceil(this.#shape.groups / chunks);
    this.#device.queue.writeBuffer(this.#job, 0, Uint32Array.of(count, this.#loaded, chunks, perChunk, from, to, keep ? 1 : 0, this.#rounds.rowSize(invocations)));
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
