/** Lays out a study of power: designs, parameters and random-effect distributions of every cell, as plain data. */
import { DataError, OptionError } from '../errors.js';
import { resolveFamily } from '../families/registry.js';
import type { FitSettings } from '../fit/fit-chunk.js';
import { glmm, prepareModel } from '../fit/glmm.js';
import type { GlmmOptions } from '../fit/options.js';
import { parameterNames } from '../fit/parameter-names.js';
import { fitSingle } from '../fit/single-fit.js';
import { type Design, isLinearMixed } from '../model/design.js';
import closestName from '../names.js';
import { createSimulator } from '../random/simulate.js';
import { type TableInput, toTable } from '../table/from-values.js';
import type { Table } from '../table/table.js';
import { extendAlong, extendWithin, withPlaceholderResponse } from './design-table.js';
import { dropColumns, dropParameters } from './drop-columns.js';
import { type EffectDistribution, effectDrawer } from './effect-distributions.js';
import { withoutLevelNames } from './without-level-names.js';

/** The model a study of power is about: fitted to the data, or with parameters that are stated. */
export interface PowerModel extends GlmmOptions {
  readonly formula: string;
  /** The design; its response is only needed where the parameters are to be estimated. */
  readonly data: TableInput;
  /** Parameters by name, as `BatchFit.names` has them: fixed effects, `herd.(Intercept)` …, `sigma`. Absent: those of the model fitted to the data. */
  readonly params?: Readonly<Record<string, number>>;
}

/** `z`: Wald; `lrt`: likelihood ratio as χ²; `simulatedLrt`: likelihood ratio against its distribution simulated without the effect. */
export type PowerTest = 'z' | 'lrt' | 'simulatedLrt';

/** What a study of power varies. */
export interface PowerGrid {
  /** Fixed effect (or several) whose absence is tested. */
  readonly tested: string | readonly string[];
  /** Values of the tested coefficient; where several are tested, multiples of their values. Default: as they are. 0 gives the type-I error. */
  readonly effects?: readonly number[];
  /** New numbers of levels of a column, usually a grouping factor. */
  readonly along?: { readonly column: string; readonly sizes: readonly number[] };
  /** New numbers of rows of each combination of some columns. */
  readonly within?: { readonly columns: readonly string[]; readonly sizes: readonly number[] };
  /** Distributions of the random effects; default `normal` alone. */
  readonly distributions?: readonly EffectDistribution[];
  /** Default: `z` for one coefficient, `lrt` for several. */
  readonly tests?: readonly PowerTest[];
}

export interface PowerDesign {
  readonly design: Design;
  /** Without the tested columns; null where no test needs it. */
  readonly smaller: Design | null;
  /** First metric of the fits: inverse Hessian of one of them. */
  readonly metric: Float64Array;
}

export interface PowerCell {
  /** Index of its design. */
  readonly design: number;
  /** Value of the tested coefficient, or multiple of the tested ones. */
  readonly effect: number;
  readonly along: number | null;
  readonly within: number | null;
  readonly distribution: EffectDistribution;
  /** Generating parameters. */
  readonly params: Float64Array;
  /** Cell of null statistics that tests by simulation refer to; a cell that is its own reference is only there for that. */
  readonly reference: number | null;
}

export interface PowerPlan {
  readonly designs: readonly PowerDesign[];
  readonly cells: readonly PowerCell[];
  readonly testedNames: readonly string[];
  /** Indices of the tested columns. */
  readonly tested: readonly number[];
  readonly tests: readonly PowerTest[];
  readonly settings: FitSettings;
}

/** Replicate whose fit gives a design its first metric: none of the study. */
const METRIC_REPLICATE = 2 ** 42;

/** @throws GlmmError for a model, a grid or names that do not fit. */
export async function powerPlan(model: PowerModel, grid: PowerGrid, seed: number): Promise<PowerPlan> {
  const { formula, data, params: stated, ...options } = model;
  const table = stated === undefined ? toTable(data) : withPlaceholderResponse(toTable(data), formula, resolveFamily(options.family).family);
  const testedNames = typeof grid.tested === 'string' ? [grid.tested] : grid.tested;
  const tests = grid.tests ?? (testedNames.length === 1 ? ['z'] : ['lrt']);
  checkGrid(grid, testedNames, tests);
  const byLikelihood = tests.some((test) => test !== 'z');
  const base = prepareModel(formula, table, options);
  const settings = isLinearMixed(base.frame.design) && byLikelihood ? { ...base.settings, REML: false } : base.settings;
  const values = stated ?? Object.fromEntries(namedParams(await glmm(formula, table, options)));

  const designs: PowerDesign[] = [];
  const cells: PowerCell[] = [];
  const references: PowerCell[] = [];
  for (const along of grid.along?.sizes ?? [null]) {
    for (const within of grid.within?.sizes ?? [null]) {
      const { frame } = prepareModel(formula, extended(table, grid, along, within), options);
      const design = withoutLevelNames(frame.design);
      const params = paramsFor(design, values);
      const tested = columnsOf(design, testedNames);
      const reference = tests.includes('simulatedLrt') ? references.length : null;
      const shared = { design: designs.length, along, within };
      for (const effect of grid.effects ?? [testedNames.length === 1 ? params[tested[0]!]! : 1]) {
        for (const distribution of grid.distributions ?? ['normal']) {
          effectDrawer(design, distribution);
          cells.push({ ...shared, effect, distribution, params: withEffect(params, tested, effect), reference });
        }
      }
      if (reference !== null) references.push({ ...shared, effect: 0, distribution: 'normal', params: withEffect(params, tested, 0), reference });
      designs.push({ design, smaller: byLikelihood ? dropColumns(design, tested) : null, metric: await firstMetric(design, params, settings, seed) });
    }
  }
  // References come first: whether another cell may stop can depend on them.
  return { designs, cells: [...references, ...cells], testedNames, tested: columnsOf(designs[0]!.design, testedNames), tests, settings };
}

function checkGrid(grid: PowerGrid, tested: readonly string[], tests: readonly PowerTest[]): void {
  if (tested.length === 0) throw new OptionError('no coefficient is tested; name one fixed effect or several');
  if (tested.length > 1 && tests.includes('z')) throw new OptionError("test 'z' is for one coefficient; use lrt or simulatedLrt for several");
  const unknown = tests.find((test) => !['z', 'lrt', 'simulatedLrt'].includes(test));
  if (unknown !== undefined) throw new OptionError(`unknown test '${unknown}'; use z, lrt, simulatedLrt`);
  for (const [name, list] of Object.entries({ effects: grid.effects, along: grid.along?.sizes, within: grid.within?.sizes, distributions: grid.distributions })) {
    if (list?.length === 0) throw new OptionError(`${name} of the grid is empty; leave it out or give a value`);
  }
  const bad = grid.effects?.find((effect) => !Number.isFinite(effect));
  if (bad !== undefined) throw new OptionError(`an effect must be a finite number, not ${bad}`);
}

function namedParams({ design, params }: { readonly design: Design; readonly params: Float64Array }): [string, number][] {
  return parameterNames(design).map((name, j) => [name, params[j]!]);
}

function extended(table: Table, { along, within }: PowerGrid, alongSize: number | null, withinSize: number | null): Table {
  const longer = alongSize === null ? table : extendAlong(table, along!.column, alongSize);
  return withinSize === null ? longer : extendWithin(longer, within!.columns, withinSize);
}

/** @throws DataError for a parameter of the design that is not stated, OptionError for one it does not have. */
function paramsFor(design: Design, values: Readonly<Record<string, number>>): Float64Array {
  const names = parameterNames(design);
  for (const [name, value] of Object.entries(values)) {
    if (!names.includes(name)) throw new OptionError(`the design has no parameter '${name}'${closestName(name, names) || `; it has ${names.slice(0, 20).join(', ')}`}`);
    if (!Number.isFinite(value)) throw new OptionError(`parameter '${name}' must be a finite number, not ${value}`);
  }
  return Float64Array.from(names, (name) => {
    if (!Object.hasOwn(values, name)) throw new DataError(`the parameter '${name}' of the design is not given; state it`, { column: name });
    return values[name]!;
  });
}

function columnsOf(design: Design, names: readonly string[]): number[] {
  return names.map((name) => {
    const j = design.fixedNames.indexOf(name);
    if (j === -1) throw new OptionError(`the tested coefficient '${name}' is no fixed effect${closestName(name, design.fixedNames) || `; use ${design.fixedNames.slice(0, 20).join(', ')}`}`);
    return j;
  });
}

function withEffect(params: Float64Array, tested: readonly number[], effect: number): Float64Array {
  const out = params.slice();
  for (const j of tested) out[j] = tested.length === 1 ? effect : effect * params[j]!;
  return out;
}

async function firstMetric(design: Design, params: Float64Array, settings: FitSettings, seed: number): Promise<Float64Array> {
  const y = new Float64Array(design.nobs);
  createSimulator(design, params).simulate(METRIC_REPLICATE, seed, y, 0);
  return (await fitSingle(design, y, settings, {})).metric;
}

/** Start and first metric of the model without the tested columns. */
export function smallerStart({ design, metric }: PowerDesign, tested: readonly number[], params: Float64Array): { params: Float64Array; metric: Float64Array } {
  return dropParameters(design, tested, params, metric);
}
