/** Random designs with one grouping factor for tests of both objectives. */
import { familyOf } from '../../src/families/registry.js';
import { type Design, type FamilyName, type LinkName, parameterLayout } from '../../src/model/design.js';

/** Small deterministic generator (mulberry32): tests need numbers that never change, not good ones. */
export function generator(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export interface RandomDesign {
  design: Design;
  response: Float64Array;
  /** Parameters at which every link is feasible. */
  params: Float64Array;
}

export interface Shape {
  family: FamilyName;
  link: LinkName;
  /** Columns of each term. */
  terms: readonly number[];
  covariance?: 'unstructured' | 'diagonal';
  groups?: number;
  rows?: number;
  fixed?: number;
  seed?: number;
  /** Sizes > 1, weights and an offset as well. */
  rich?: boolean;
}

export function randomDesign(shape: Shape): RandomDesign {
  const random = generator(shape.seed ?? 1);
  const groups = shape.groups ?? 7;
  const nobs = shape.rows ?? 60;
  const p = shape.fixed ?? 2;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const x = Float64Array.from({ length: nobs * p }, (_, i) => (i % p === 0 ? 1 : 0.5 * normal()));
  // Every level occurs; rows come in random order.
  const index = Int32Array.from({ length: nobs }, (_, i) => (i < groups ? i : Math.floor(random() * groups)));
  const levels = Array.from({ length: groups }, (_, g) => `g${g}`);
  // Links with a restricted domain need small random effects.
  const tight = shape.link === 'identity' || shape.link === 'sqrt' || (shape.link === 'log' && shape.family === 'binomial');
  const terms = shape.terms.map((q, t) => ({
    group: 'g',
    levels,
    index,
    names: Array.from({ length: q }, (_, j) => `z${t}${j}`),
    z: Float64Array.from({ length: nobs * q }, (_, i) => (t === 0 && i % q === 0 ? 1 : 0.6 * normal())),
    covariance: shape.covariance ?? ('unstructured' as const),
  }));
  const rich = shape.rich ?? true;
  const design: Design = {
    nobs,
    fixedNames: Array.from({ length: p }, (_, j) => `x${j}`),
    x,
    random: terms,
    family: shape.family,
    link: shape.link,
    trials: rich && shape.family === 'binomial' ? Float64Array.from({ length: nobs }, () => 1 + Math.floor(4 * random())) : null,
    weights: rich ? Float64Array.from({ length: nobs }, () => 0.5 + random()) : null,
    offset: rich ? Float64Array.from({ length: nobs }, () => 0.05 * normal()) : null,
    auxiliary: [],
  };
  const { nFixed, nParams } = parameterLayout(design);
  const params = Float64Array.from({ length: nParams }, () => (tight ? 0.12 : 0.5) * normal());
  const centre = { identity: 4, sqrt: 2.2, log: shape.family === 'binomial' ? -1.4 : 0.7 }[shape.link as string] ?? -0.3;
  params[0] = centre;
  if (tight) for (let j = 1; j < nFixed; j++) params[j]! *= 0.5;
  const family = familyOf(design);
  const response = new Float64Array(nobs);
  for (let i = 0; i < nobs; i++) {
    let eta = design.offset?.[i] ?? 0;
    for (let j = 0; j < p; j++) eta += x[i * p + j]! * params[j]!;
    const mu = family.mean(eta);
    if (shape.family === 'binomial') {
      const m = design.trials?.[i] ?? 1;
      for (let k = 0; k < m; k++) response[i]! += random() < mu ? 1 : 0;
    } else {
      // Knuth's product is fine for the small means used here.
      let product = random();
      while (product > Math.exp(-mu)) {
        response[i]!++;
        product *= random();
      }
    }
  }
  return { design, response, params };
}

/** A random design in which each term has a factor of its own, crossed or each nested in the one before. */
export function crossedDesign(
  shape: Pick<Shape, 'family' | 'link' | 'seed'>, terms: readonly (readonly number[])[], nested = false,
): RandomDesign {
  const { design, response, params } = randomDesign({ ...shape, terms: terms.flat(), rows: 70 });
  const random = generator((shape.seed ?? 1) + 100);
  const sizes = [9, 5, 4];
  let coarse = Int32Array.from({ length: design.nobs }, (_, i) => i % 3);
  const renamed = design.random.map((term, t) => {
    const levels = sizes[t]!;
    let index = Int32Array.from({ length: design.nobs }, (_, i) => (i < levels ? i : Math.floor(random() * levels)));
    if (nested) {
      index = Int32Array.from(coarse, (outer, i) => outer * 2 + (t === 0 ? 0 : Math.floor(random() * 2) * (i >= 6 ? 1 : i % 2)));
      const used = [...new Set(index)].sort((a, b) => a - b);
      index = index.map((level) => used.indexOf(level));
      coarse = index;
    }
    const count = Math.max(...index) + 1;
    return { ...term, group: `f${t}`, levels: Array.from({ length: count }, (_, l) => `l${l}`), index };
  });
  return { design: { ...design, random: renamed }, response, params };
}
