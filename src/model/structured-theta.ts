/** Designs with structured covariances as designs with free Cholesky factors, and the way back for gradients. */
import { type CovarianceStructure, freeStructure, structuredFactor } from './covariance-structure.js';
import { type Design, type RandomTerm, thetaCount } from './design.js';

/** From θ with structures to the free entries of all terms' Λ. */
export interface ThetaMap {
  readonly nTheta: number;
  /** Number of free entries. */
  readonly nFree: number;
  /** Writes the free entries at θ. */
  expand(theta: Float64Array, free: Float64Array): void;
  /** Writes the gradient in θ at θ from the gradient in the free entries. */
  pullBack(theta: Float64Array, freeGradient: Float64Array, gradient: Float64Array): void;
}

/** The design as the kernels take it: every Λ with free entries. The same object where it is that already. */
export function freeDesign(design: Design): Design {
  if (design.random.every(isFree)) return design;
  return { ...design, random: design.random.map((term) => ({ ...term, covariance: freeStructure(term.covariance) })) };
}

/** Null where θ are the free entries themselves. */
export function thetaMap(design: Design): ThetaMap | null {
  if (design.random.every(isFree)) return null;
  const blocks: Block[] = [];
  let nTheta = 0;
  let nFree = 0;
  for (const term of design.random) {
    const q = term.names.length;
    const width = thetaCount(term);
    const length = thetaCount({ ...term, covariance: freeStructure(term.covariance) });
    blocks.push({ structure: term.covariance, q, from: nTheta, to: nTheta + width, freeFrom: nFree, freeTo: nFree + length });
    nTheta += width;
    nFree += length;
  }
  return {
    nTheta, nFree,
    expand: (theta, free) => {
      for (const { structure, q, from, to, freeFrom, freeTo } of blocks) {
        const own = theta.subarray(from, to);
        const out = free.subarray(freeFrom, freeTo);
        if (structure === 'unstructured' || structure === 'diagonal') out.set(own);
        else structuredFactor(structure, q, own, out, null);
      }
    },
    pullBack: (theta, freeGradient, gradient) => {
      for (const { structure, q, from, to, freeFrom, freeTo } of blocks) {
        const inner = freeGradient.subarray(freeFrom, freeTo);
        if (structure === 'unstructured' || structure === 'diagonal') {
          gradient.set(inner, from);
          continue;
        }
        const width = to - from;
        const jacobian = new Float64Array(inner.length * width);
        structuredFactor(structure, q, theta.subarray(from, to), new Float64Array(inner.length), jacobian);
        gradient.fill(0, from, to);
        for (let e = 0; e < inner.length; e++) for (let j = 0; j < width; j++) gradient[from + j]! += jacobian[e * width + j]! * inner[e]!;
      }
    },
  };
}

/** A term's θ in [from, to) and its free entries in [freeFrom, freeTo). */
interface Block {
  readonly structure: CovarianceStructure;
  readonly q: number;
  readonly from: number;
  readonly to: number;
  readonly freeFrom: number;
  readonly freeTo: number;
}

const isFree = ({ covariance }: RandomTerm): boolean => covariance === 'unstructured' || covariance === 'diagonal';
