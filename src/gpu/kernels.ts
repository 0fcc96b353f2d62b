/** The kernels' shapes: which constants and flags a variant has, which buffers it binds. One place for what shader and host must agree on. */
import type { FamilyName, LinkName } from '../model/design.js';
import { assembleShader } from './assemble.js';
import { distributionOf } from './distribution.js';
import { INVALID_FIXED } from './fixed-point.js';
import { bindLayout, pipelineFor } from './pipelines.js';

/** Threads of a workgroup. */
export const WORKGROUP = 64;
/** Constants of every kernel. */
const EVERYWHERE = { WORKGROUP, INVALID_LOW: INVALID_FIXED[0], INVALID_HIGH: INVALID_FIXED[1] } as const;
/** Words of the `Job` and `Shape` uniforms. */
export const JOB_WORDS = 8;
export const SHAPE_WORDS = 4;

/** What the sizes of buffers depend on. */
export interface KernelSizes {
  readonly rows: number;
  readonly nFixed: number;
  readonly q: number;
  /** Groups that are independent of one another; 1 where random terms are on several factors. */
  readonly groups: number;
  /** Random effects of one model. */
  readonly effects: number;
  /** Quadrature points, 0 for Laplace. */
  readonly nodes: number;
  /** What each model of a batch brings of its own. */
  readonly own: OwnColumns;
  readonly auxiliary: AuxiliarySizes | null;
  /** Several factors: constants of the pattern and places in the work space. */
  readonly sparse: SparseShape | null;
}

/** Dispersion, zero inflation, thresholds. */
export interface AuxiliarySizes {
  /** Values per row. */
  readonly values: number;
  /** Columns of the matrices of up to two predictors side by side, and where those of the second begin; 0 for thresholds. */
  readonly columns: number;
  readonly second: number;
  readonly hasOffsets: boolean;
  /** J − 1 thresholds, or 0. */
  readonly cuts: number;
  /** Whether the last value is that of zero inflation. */
  readonly zeros: boolean;
}

/** Numbers that stand for the auxiliary coefficients on the device. */
export const auxiliaryPoints = ({ auxiliary }: Pick<KernelSizes, 'auxiliary'>): number => (auxiliary === null ? 0 : auxiliary.columns + auxiliary.cuts);

export interface SparseShape {
  readonly pattern: Readonly<Record<string, number>>;
  readonly scratch: Readonly<Record<string, number>> & { readonly WORDS: number };
}

export interface KernelShape extends KernelSizes {
  readonly family: FamilyName;
  readonly link: LinkName;
  readonly canonical: boolean;
  /** Places of the shared columns within the design buffer, or null where there is none. */
  readonly places: { readonly trials: number | null; readonly weights: number | null; readonly offset: number | null; readonly nodes: number; readonly auxiliary: number; readonly auxiliaryOffset: number };
}

export interface OwnColumns {
  readonly trials: boolean;
  readonly weights: boolean;
  readonly offset: boolean;
  readonly x: boolean;
  readonly z: boolean;
  readonly groups: boolean;
}

/** Planes of the response buffer: y first, then what models bring of their own. */
export function responsePlanes(shape: KernelSizes): { readonly count: number; readonly first: Readonly<Record<'trials' | 'weights' | 'offset' | 'x' | 'z', number>> } {
  let count = 1;
  const take = (wanted: boolean, width: number): number => {
    const first = count;
    if (wanted) count += width;
    return first;
  };
  const first = {
    trials: take(shape.own.trials, 1),
    weights: take(shape.own.weights, 1),
    offset: take(shape.own.offset, 1),
    x: take(shape.own.x, shape.nFixed),
    z: take(shape.own.z, shape.q),
  };
  return { count, first };
}

/** Row planes of the scratch buffer: η0; with quadrature also the log-density at the mode, the mean score and the mean slope of each auxiliary value. */
export const scratchPlanes = (shape: KernelSizes): number => (shape.nodes > 0 ? 3 + (shape.auxiliary?.values ?? 0) : 1);

export const lowerEntries = (q: number): number => (q * (q + 1)) / 2;
/** Value, dL/dβ, dL/dΛ, dL/d(auxiliary coefficients). */
export const likelihoodComponents = (shape: KernelSizes): number => 1 + shape.nFixed + lowerEntries(shape.q) + auxiliaryPoints(shape);
/** X'd1 and the lower triangle of the Schur complement. */
export const profileComponents = (shape: KernelSizes): number => shape.nFixed + lowerEntries(shape.nFixed);

export type KernelName = 'group_loglik' | 'profile_rows' | 'profile_sums' | 'sparse_loglik' | 'sparse_profile';

/** Source of a kernel on groups. */
export function kernelSource(
  name: KernelName, shape: KernelShape, variant: { readonly expected: boolean; readonly adjoint?: boolean },
): string {
  const { places, own, q, nFixed } = shape;
  const planes = responsePlanes(shape);
  const { imports, flags: distributionFlags } = distributionOf(shape.family, shape.link, shape.auxiliary?.zeros === true)!;
  const flags = new Set<string>(distributionFlags);
  const set = (flag: string, on: boolean): void => {
    if (on) flags.add(flag);
  };
  set('QUADRATURE', name === 'group_loglik' && shape.nodes > 0);
  set('SCALAR', q === 1);
  set('NONCANONICAL', !shape.canonical);
  set('EXPECTED', variant.expected && !shape.canonical);
  set('ADJOINT', variant.adjoint === true);
  set('HAS_TRIALS', places.trials !== null);
  set('HAS_WEIGHTS', places.weights !== null);
  set('HAS_OFFSET', places.offset !== null);
  set('OWN_TRIALS', own.trials);
  set('OWN_WEIGHTS', own.weights);
  set('OWN_OFFSET', own.offset);
  set('OWN_X', own.x);
  set('OWN_Z', own.z);
  set('OWN_GROUPS', own.groups);
  set('AUXILIARY', shape.auxiliary !== null);
  set('AUX_OFFSETS', shape.auxiliary?.hasOffsets === true);
  set('THRESHOLDS', (shape.auxiliary?.cuts ?? 0) > 0);
  return assembleShader(name, {
    imports,
    flags,
    integers: {
      ...EVERYWHERE,
      N: shape.rows, P: nFixed, Q: q, QQ: q * q, LOWER: lowerEntries(q), G: shape.groups, NODES: shape.nodes,
      Z_AT: shape.rows * nFixed,
      TRIALS_AT: places.trials ?? 0, WEIGHTS_AT: places.weights ?? 0, OFFSET_AT: places.offset ?? 0, NODES_AT: places.nodes,
      PLANE_TRIALS: planes.first.trials, PLANE_WEIGHTS: planes.first.weights, PLANE_OFFSET: planes.first.offset,
      PLANE_X: planes.first.x, PLANE_Z: planes.first.z,
      N_PLANES: scratchPlanes(shape),
      AUX: Math.max(1, shape.auxiliary?.values ?? 0), AUX_COLUMNS: shape.auxiliary?.columns ?? 0, AUX_SECOND: shape.auxiliary?.second ?? 0, CUTS: shape.auxiliary?.cuts ?? 0,
      AUX_X_AT: places.auxiliary, AUX_OFFSET_AT: places.auxiliaryOffset,
      AUX_AT: nFixed + lowerEntries(q), ADJOINT_AT: nFixed + lowerEntries(q) + auxiliaryPoints(shape), AUX_COMPONENT: 1 + nFixed + lowerEntries(q),
      COMPONENTS: name === 'group_loglik' || name === 'sparse_loglik' ? likelihoodComponents(shape) : profileComponents(shape),
      ...shape.sparse?.pattern,
      ...shape.sparse?.scratch,
      // The status words of the rows kernel come first.
      OUT_AT: 1,
    },
  });
}

export const reduceSource = (components: number): string => assembleShader('reduce_runs', { integers: { ...EVERYWHERE, COMPONENTS: components } });

const GROUP_BUFFERS = ['read', 'read', 'read', 'read', 'read', 'write', 'write', 'write'] as const;
const REDUCE_BUFFERS = ['read', 'write'] as const;

export interface Kernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

export async function groupKernel(device: GPUDevice, label: string, source: string): Promise<Kernel> {
  const layout = bindLayout(device, label, GROUP_BUFFERS);
  return { layout, pipeline: await pipelineFor(device, label, source, layout) };
}

export async function reduceKernel(device: GPUDevice, components: number): Promise<Kernel> {
  const layout = bindLayout(device, 'reduce_runs', REDUCE_BUFFERS);
  return { layout, pipeline: await pipelineFor(device, 'reduce_runs', reduceSource(components), layout) };
}
