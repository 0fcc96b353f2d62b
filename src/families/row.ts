/**
 * Families whose log-density is written one row at a time: a core in terms of a scale s (log μ, μ or logit μ), a link that says what s is as a
 * function of η, and the chain rule between them.
 */
import { type Derivatives, type ExcessDerivatives, type Family, PART } from './family.js';

/** What a core leaves: derivatives of the log-density ℓ by s, expected information about s, and derivatives by the auxiliary value a. */
export interface CorePoint {
  value: number;
  /** ∂ℓ/∂s, ∂²ℓ/∂s², ∂³ℓ/∂s³. */
  s1: number;
  s2: number;
  s3: number;
  /** Expected information −E ∂²ℓ/∂s² (or a positive stand-in) and its derivative by s. */
  info: number;
  infoSlope: number;
  /** ∂ℓ/∂a, ∂²ℓ/∂s∂a, ∂³ℓ/∂s²∂a, ∂info/∂a. */
  a: number;
  s1a: number;
  s2a: number;
  infoA: number;
}

export const corePoint = (): CorePoint => ({ value: 0, s1: 0, s2: 0, s3: 0, info: 0, infoSlope: 0, a: 0, s1a: 0, s2a: 0, infoA: 0 });

/** Fills `out` for response y of m trials at s and a; without data constants. */
export type Core = (s: number, y: number, m: number, a: number, out: CorePoint) => void;

/** s(η) with three derivatives; false outside the domain. */
export interface ScaleLink {
  at(eta: number, out: ScalePoint): boolean;
}

export interface ScalePoint { s: number; s1: number; s2: number; s3: number }

export const scalePoint = (): ScalePoint => ({ s: 0, s1: 0, s2: 0, s3: 0 });

/** A row's log-density in η, with the derivatives that `Derivatives` holds. */
export interface RowPoint {
  value: number;
  d1: number;
  w: number;
  dw: number;
  we: number;
  dwe: number;
  /** One entry per auxiliary value: ∂ℓ/∂a, ∂d1/∂a, ∂w/∂a, ∂we/∂a. */
  readonly aux: { value: number; score: number; w: number; we: number }[];
  /** As `ExcessDerivatives`; filled by families with zero inflation alone. */
  readonly excess: { w: number; we: number; dw: number; cross: number; crossSlope: number; readonly aux: { score: number; w: number; cross: number }[] };
}

export function rowPoint(nAuxiliary: number): RowPoint {
  return {
    value: 0, d1: 0, w: 0, dw: 0, we: 0, dwe: 0,
    aux: Array.from({ length: nAuxiliary }, () => ({ value: 0, score: 0, w: 0, we: 0 })),
    excess: { w: 0, we: 0, dw: 0, cross: 0, crossSlope: 0, aux: Array.from({ length: Math.max(0, nAuxiliary - 1) }, () => ({ score: 0, w: 0, cross: 0 })) },
  };
}

/** Fills `out` for one row at η and its auxiliary values; false outside the domain of the link. */
export type Row = (eta: number, y: number, m: number, a0: number, a1: number, out: RowPoint) => boolean;

/** The chain rule from s to η. */
export function chain(core: Core, link: ScaleLink): Row {
  const p = corePoint();
  const q = scalePoint();
  return (eta, y, m, a, _unused, out) => {
    if (!link.at(eta, q)) return false;
    core(q.s, y, m, a, p);
    const { s1, s2, s3 } = q;
    const squared = s1 * s1;
    out.value = p.value;
    out.d1 = p.s1 * s1;
    out.w = -(p.s2 * squared + p.s1 * s2);
    out.dw = -(p.s3 * squared * s1 + 3 * p.s2 * s1 * s2 + p.s1 * s3);
    out.we = p.info * squared;
    out.dwe = p.infoSlope * squared * s1 + 2 * p.info * s1 * s2;
    const aux = out.aux[0];
    if (aux !== undefined) {
      aux.value = p.a;
      aux.score = p.s1a * s1;
      aux.w = -(p.s2a * squared + p.s1a * s2);
      aux.we = p.infoA * squared;
    }
    return true;
  };
}

/**
 * `Family.evaluate` of a row. Where `weightShift` is 0, prior weights multiply the log-density; families with a scale take them into it instead: a + weightShift · log v
 * is the auxiliary value of a row of weight v. A row of weight 0 counts for nothing.
 */
export function evaluateRows(row: Row, nAuxiliary: number, weightShift: -1 | 0 | 1 = 0): Family['evaluate'] {
  const p = rowPoint(nAuxiliary);
  return (eta, y, trials, weights, base, count, parts, out: Derivatives, auxiliary) => {
    const first = auxiliary[0];
    const second = auxiliary[1];
    const written = (parts & PART.auxiliary) === 0 ? 0 : nAuxiliary;
    let total = 0;
    for (let i = 0; i < count; i++) {
      const at = base + i;
      const weight = weights[at]!;
      const shift = weightShift !== 0 && weight > 0 ? weightShift * Math.log(weight) : 0;
      if (!row(eta[i]!, y[at]!, trials[at]!, first === undefined ? 0 : first[at]! + shift, second === undefined ? 0 : second[at]!, p)) return NaN;
      const v = weightShift === 0 ? weight : weight > 0 ? 1 : 0;
      if (v !== 0) total += v * p.value;
      out.d1[i] = v * p.d1;
      out.w[i] = v * p.w;
      out.dw[i] = v * p.dw;
      out.we[i] = v * p.we;
      out.dwe[i] = v * p.dwe;
      for (let k = 0; k < written; k++) {
        const from = p.aux[k]!;
        const to = out.auxiliary[k]!;
        to.value[i] = v * from.value;
        to.score[i] = v * from.score;
        to.w[i] = v * from.w;
        to.we[i] = v * from.we;
      }
      if (out.excess !== null) copyExcess(p.excess, v, out.excess, i);
    }
    return total;
  };
}

function copyExcess(from: RowPoint['excess'], v: number, to: ExcessDerivatives, i: number): void {
  to.w[i] = v * from.w;
  to.we[i] = v * from.we;
  to.dw[i] = v * from.dw;
  to.cross[i] = v * from.cross;
  to.crossSlope[i] = v * from.crossSlope;
  to.auxiliary.forEach((aux, k) => {
    const { score, w, cross } = from.aux[k]!;
    aux.score[i] = v * score;
    aux.w[i] = v * w;
    aux.cross[i] = v * cross;
  });
}
