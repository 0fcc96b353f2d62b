/** The reference grid of a model: every combination of the levels of its factors, covariates at their means. */
import { OptionError } from '../errors.js';
import type { FixedTerms } from '../formula/model-matrix.js';
import { modelMatrix } from '../formula/model-matrix.js';
import type { ReferenceValue } from '../formula/reference-values.js';
import closestName from '../names.js';
import type { Design } from '../model/design.js';
import type { Column } from '../table/table.js';

export type FactorValue = Extract<ReferenceValue, { kind: 'factor' }>;

export interface ReferenceGrid {
  readonly factors: readonly FactorValue[];
  /** Values of the covariates. */
  readonly covariates: Readonly<Record<string, number>>;
  readonly nrow: number;
  /** Level of each factor in each row: nrow × factors codes. */
  readonly codes: Int32Array;
  /** nrow × p fixed-effects matrix. */
  readonly x: Float64Array;
}

/** More rows than this are a mistake in the formula. */
const MOST_ROWS = 100_000;

/**
 * @param at values of covariates instead of their means
 * @throws OptionError for an unknown covariate or a grid that is too large.
 */
export function referenceGrid(fixedTerms: FixedTerms, values: readonly ReferenceValue[], at: Readonly<Record<string, number>> = {}): ReferenceGrid {
  const factors = values.filter((value) => value.kind === 'factor');
  const covariates = new Map(values.flatMap((value) => (value.kind === 'covariate' ? [[value.name, value.mean]] : [])));
  for (const [name, value] of Object.entries(at)) {
    if (!covariates.has(name)) throw new OptionError(`'${name}' is no covariate of the model${closestName(name, [...covariates.keys()])}`);
    if (!Number.isFinite(value)) throw new OptionError(`the value of covariate '${name}' is not a finite number`);
    covariates.set(name, value);
  }
  const nrow = factors.reduce((product, { levels }) => product * levels.length, 1);
  if (nrow > MOST_ROWS) throw new OptionError(`the reference grid of ${factors.map(({ name }) => name).join(', ')} has ${nrow} rows, more than ${MOST_ROWS}; use fewer factors in the fixed effects`);
  const codes = new Int32Array(nrow * factors.length);
  let repeat = 1;
  factors.forEach(({ levels }, f) => {
    for (let row = 0; row < nrow; row++) codes[row * factors.length + f] = Math.floor(row / repeat) % levels.length;
    repeat *= levels.length;
  });
  const columns = new Map<string, Column>([...covariates].map(([name, value]) => [name, { kind: 'numeric', values: new Float64Array(nrow).fill(value) }]));
  factors.forEach((factor, f) => {
    columns.set(factor.name, gridColumn(factor, Int32Array.from({ length: nrow }, (_, row) => codes[row * factors.length + f]!)));
  });
  return { factors, covariates: Object.fromEntries(covariates), nrow, codes, x: modelMatrix(fixedTerms, { nrow, columns }) };
}

function gridColumn({ levels, source }: FactorValue, codes: Int32Array): Column {
  if (source === 'numeric') return { kind: 'numeric', values: Float64Array.from(codes, (code) => Number(levels[code])) };
  return { kind: 'factor', source, levels: levels.map(String), codes, ordered: false };
}

/** Mean rows of X for every combination of levels of the chosen factors, the first running fastest. */
export function gridAverages({ factors, nrow, codes, x }: ReferenceGrid, chosen: readonly number[], p: number): { labels: string[][]; rows: Float64Array[] } {
  const count = chosen.reduce((product, f) => product * factors[f]!.levels.length, 1);
  const rows = Array.from({ length: count }, () => new Float64Array(p));
  const labels = Array.from({ length: count }, (): string[] => []);
  for (let row = 0; row < nrow; row++) {
    let cell = 0;
    let stride = 1;
    const label = chosen.map((f) => {
      const code = codes[row * factors.length + f]!;
      cell += code * stride;
      stride *= factors[f]!.levels.length;
      return String(factors[f]!.levels[code]);
    });
    labels[cell] = label;
    for (let j = 0; j < p; j++) rows[cell]![j]! += (x[row * p + j]! * count) / nrow;
  }
  return { labels, rows };
}

/** A linear combination of the fixed effects and its standard error. */
export function combination(row: Float64Array, params: Float64Array, vcov: readonly (readonly number[])[]): { estimate: number; error: number } {
  let variance = 0;
  row.forEach((a, i) => { row.forEach((b, j) => { if (a !== 0 && b !== 0) variance += a * b * vcov[i]![j]!; }); });
  return { estimate: row.reduce((sum, weight, j) => sum + weight * params[j]!, 0), error: Math.sqrt(variance) };
}

/** The offset at which marginal means are taken. */
export function meanOffset({ offset, nobs }: Pick<Design, 'offset' | 'nobs'>): number {
  return offset === null ? 0 : offset.reduce((sum, value) => sum + value, 0) / nobs;
}
