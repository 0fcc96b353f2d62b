/** Whether one model is a special case of another, and its parameters in the terms of the larger one. */
import { OptionError } from '../errors.js';
import { termFactor, thetaByTerm } from '../model/covariance.js';
import { type Design, type RandomTerm, isLinearMixed, parameterLayout, thetaCount } from '../model/design.js';
import { semidefiniteFactor } from '../numerics/cholesky.js';
import { columnBasis, leastSquares } from '../numerics/column-basis.js';

export interface Nesting {
  /** Parameters that the larger model has and the smaller has not. */
  readonly df: number;
  /** Standard deviations among them: zero, the end of their range, in the smaller model. */
  readonly variances: number;
  /** Whether the rest of the added parameters are free of any boundary (fixed effects, covariances of an added effect, but no structured term). */
  readonly otherwiseFree: boolean;
  /** Places in the larger model's parameters of the diagonal of Λ that belong to these standard deviations; null where two of them have a covariance among the added parameters. */
  readonly variancePlaces: readonly number[] | null;
  /** The larger model's parameters at which it is the smaller model; null where they would be infinite (no zero inflation at all). */
  embed(params: Float64Array): Float64Array | null;
}

/** A column lies in the span of others when what is left of it is below this part of its length. */
const IN_SPAN = 1e-7;

/** @throws OptionError when the designs are not those of nested models of the same data. */
export function nestingOf(smaller: Design, larger: Design): Nesting {
  checkSameData(smaller, larger);
  const fixed = coefficientsIn(smaller, larger);
  const random = larger.random.map((term) => columnsFrom(smaller, term));
  const unmatched = smaller.random.find((term, t) => term.names.some((_, c) => !random.some((columns) => columns.some((from) => from?.term === t && from.column === c))));
  if (unmatched !== undefined) {
    throw notNested(`the larger model has no random effects (${unmatched.names.join(' + ')} | ${unmatched.group})`);
  }
  larger.random.forEach((term, t) => { checkStructure(smaller.random, term, random[t]!); });
  const auxiliary = larger.auxiliary.flatMap(({ role, names }) => {
    const own = smaller.auxiliary.find((predictor) => predictor.role === role);
    return names.map((name) => (own === undefined ? null : { role, name }));
  });
  const places = auxiliaryPlaces(smaller);
  for (const { role, name } of places) {
    if (!auxiliary.some((entry) => entry?.role === role && entry.name === name)) throw notNested(`the larger model has no coefficient '${name}' of the ${role}`);
  }

  const small = parameterLayout(smaller);
  const large = parameterLayout(larger);
  const p = small.nFixed;
  const variances = random.reduce((sum, columns) => sum + columns.filter((from) => from === null).length, 0);
  const structured = larger.random.some(({ covariance }, t) => covariance !== 'unstructured' && covariance !== 'diagonal' && random[t]!.includes(null));
  return {
    df: large.nParams - small.nParams,
    variances,
    variancePlaces: structured ? null : addedVariances(larger, random),
    otherwiseFree: !structured && auxiliary.every((entry) => entry !== null),
    embed(params) {
      if (auxiliary.includes(null)) return null;
      const out = new Float64Array(large.nParams);
      for (let i = 0; i < large.nFixed; i++) {
        let sum = 0;
        for (let j = 0; j < p; j++) sum += fixed[i * p + j]! * params[j]!;
        out[i] = sum;
      }
      const thetas = thetaByTerm(smaller, params);
      const targets = thetaByTerm(larger, out);
      larger.random.forEach((term, t) => { embedTerm(smaller.random, thetas, term, random[t]!, targets[t]!); });
      auxiliary.forEach((entry, j) => {
        const at = places.findIndex(({ role, name }) => role === entry!.role && name === entry!.name);
        out[large.nFixed + large.nTheta + j] = at === -1 ? 0 : params[small.nFixed + small.nTheta + at]!;
      });
      if (isLinearMixed(larger)) out[large.nParams - 1] = params[small.nParams - 1]!;
      return out;
    },
  };
}

/** Of added effects in unstructured and diagonal terms. */
function addedVariances(larger: Design, sources: readonly (readonly (ColumnSource | null)[])[]): number[] | null {
  let at = larger.fixedNames.length;
  let known = true;
  const places = larger.random.flatMap((term, t) => {
    const own = sources[t]!.flatMap((from, column) => (from === null ? [column] : []));
    known &&= own.length <= 1 || term.covariance === 'diagonal';
    // θ has the columns of Λ one after the other, each from its diagonal on.
    const q = term.names.length;
    const first = at;
    at += thetaCount(term);
    return own.map((column) => first + (term.covariance === 'diagonal' ? column : column * q - (column * (column - 1)) / 2));
  });
  return known ? places : null;
}

function notNested(reason: string): OptionError {
  return new OptionError(`the models are not nested: ${reason}; give the model with fewer terms as the smaller one`);
}

function checkSameData(smaller: Design, larger: Design): void {
  if (smaller.family !== larger.family || smaller.link !== larger.link) {
    throw new OptionError(`the models differ in family or link (${smaller.family}, ${smaller.link} and ${larger.family}, ${larger.link}); use the same for both`);
  }
  if (smaller.nobs !== larger.nobs) {
    throw new OptionError(`the models use different rows (${smaller.nobs} and ${larger.nobs}); missing values in a variable of one of them: leave those rows out of both`);
  }
  for (const name of ['trials', 'weights', 'offset'] as const) {
    const [a, b] = [smaller[name], larger[name]];
    if (a === b || (a !== null && b !== null && a.every((value, i) => value === b[i]))) continue;
    throw new OptionError(`the models differ in their ${name}; use the same for both`);
  }
  if (parameterLayout(larger).nParams <= parameterLayout(smaller).nParams) throw notNested('the larger model has no more parameters than the smaller');
}

const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);

/** The pL × pS matrix B with X_small = X_large B. */
function coefficientsIn(smaller: Design, larger: Design): Float64Array {
  const { nobs, x: xs } = smaller;
  const { x: xl } = larger;
  const p = smaller.fixedNames.length;
  const m = larger.fixedNames.length;
  const basis = columnBasis(xl, nobs, m);
  if (basis === null) throw notNested('the fixed effects of the larger model are not independent');
  const out = new Float64Array(m * p);
  smaller.fixedNames.forEach((name, c) => {
    const wanted = Float64Array.from({ length: nobs }, (_, i) => xs[i * p + c]!);
    const rest = wanted.slice();
    // A second time for what rounding has left where columns are nearly collinear.
    for (let pass = 0; pass < 2; pass++) {
      leastSquares(basis, xl, (i) => rest[i]!).forEach((value, k) => { out[k * p + c]! += value; });
      for (let i = 0; i < nobs; i++) {
        rest[i] = wanted[i]!;
        for (let k = 0; k < m; k++) rest[i]! -= xl[i * m + k]! * out[k * p + c]!;
      }
    }
    if (squares(rest) > IN_SPAN ** 2 * squares(wanted)) throw notNested(`fixed effect '${name}' is no combination of the larger model's`);
  });
  return out;
}

/** Where a column of a random term comes from in the smaller model. */
interface ColumnSource { readonly term: number; readonly column: number }

/** For each column of a term of the larger model the one of the smaller model that it is, or null for an added one. */
function columnsFrom(smaller: Design, term: RandomTerm): (ColumnSource | null)[] {
  return term.names.map((name) => {
    const t = smaller.random.findIndex(({ group, names }) => group === term.group && names.includes(name));
    return t === -1 ? null : { term: t, column: smaller.random[t]!.names.indexOf(name) };
  });
}

/** Whether a term is one of the smaller model as it stands: same columns, same structure. */
function sameTerm(smaller: readonly RandomTerm[], term: RandomTerm, sources: readonly (ColumnSource | null)[]): boolean {
  const [first] = sources;
  const own = first === null || first === undefined ? undefined : smaller[first.term]!;
  return own !== undefined && own.covariance === term.covariance && own.names.join('\n') === term.names.join('\n');
}

/** Throws OptionError where the covariance of a larger model's term cannot become that of the smaller one's. */
function checkStructure(smaller: readonly RandomTerm[], term: RandomTerm, sources: readonly (ColumnSource | null)[]): void {
  if (sameTerm(smaller, term, sources) || sources.every((source) => source === null)) return;
  if (term.covariance !== 'unstructured' && term.covariance !== 'diagonal') throw notNested(`the covariance structures of '${term.group}' differ`);
  for (const t of new Set(sources.flatMap((source) => source?.term ?? []))) {
    const own = smaller[t]!;
    if (own.names.length === 1 || own.covariance === 'diagonal') continue;
    const together = own.names.every((_, c) => sources.some((source) => source?.term === t && source.column === c));
    if (!together || term.covariance === 'diagonal') throw notNested(`the effects of '${term.group}' are correlated in the smaller model and not in the larger`);
  }
}

/** θ of a term of the larger model at which it is what the smaller one has. */
function embedTerm(smaller: readonly RandomTerm[], thetas: readonly Float64Array[], term: RandomTerm, sources: readonly (ColumnSource | null)[], out: Float64Array): void {
  if (sameTerm(smaller, term, sources)) {
    out.set(thetas[sources[0]!.term]!);
    return;
  }
  if (sources.every((source) => source === null)) return;
  const q = term.names.length;
  const factors = smaller.map((own, t) => termFactor(own, thetas[t]!));
  const covariance = new Float64Array(q * q);
  sources.forEach((a, i) => {
    sources.forEach((b, j) => {
      if (a === null || b === null || a.term !== b.term) return;
      const width = smaller[a.term]!.names.length;
      for (let c = 0; c < width; c++) covariance[i * q + j]! += factors[a.term]![a.column * width + c]! * factors[a.term]![b.column * width + c]!;
    });
  });
  const root = semidefiniteFactor(covariance, q);
  let at = 0;
  for (let c = 0; c < q; c++) for (let row = c; row < (term.covariance === 'diagonal' ? c + 1 : q); row++) out[at++] = root[row * q + c]!;
}

function auxiliaryPlaces(design: Design): { role: string; name: string }[] {
  return design.auxiliary.flatMap(({ role, names }) => names.map((name) => ({ role, name })));
}
