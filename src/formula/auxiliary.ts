/** The predictors of dispersion, zero inflation and thresholds: from options to model matrices. */
import { DataError, FormulaError, OptionError } from '../errors.js';
import type { AuxiliaryPredictor, FamilyName } from '../model/design.js';
import closestName from '../names.js';
import type { Expression } from './expression.js';
import type { FrameOptions, ModelFrame } from './model-frame.js';
import { parsePredictors } from './parse.js';
import { type TermSet, expandTerms } from './terms.js';
import { type BarTerm, type Predictors, splitPredictors } from './split-formula.js';

/** A one-sided formula taken apart. */
export interface AuxiliaryTerms {
  readonly role: 'dispersion' | 'zi';
  /** What the formula is called in messages. */
  readonly what: string;
  readonly text: string;
  readonly set: TermSet;
  /** Random terms of the zero inflation. */
  readonly bars: readonly BarTerm[];
}

const DEFAULT = '~ 1';
const FORMULA_OF = { dispersion: { option: 'dispformula', what: 'formula of the dispersion' }, zi: { option: 'ziformula', what: 'formula of the zero inflation' } } as const;

/**
 * The terms of the predictors with formulas, in the order in which the family takes them. `~ 1` unless an option says otherwise; zero
 * inflation only where its option is given and not `~ 0`.
 * @param roles what the family needs and what it may have
 * @param mean the formula of the mean, which `.` stands for in the zero inflation
 */
export function auxiliaryTerms(roles: readonly AuxiliaryPredictor['role'][], options: FrameOptions, mean: Predictors): AuxiliaryTerms[] {
  return roles.flatMap((role) => {
    if (role === 'thresholds') return [];
    const { option, what } = FORMULA_OF[role];
    const text = options[option] ?? DEFAULT;
    const own = splitPredictors(parsePredictors(text, `the ${what}`), text);
    const { fixed, bars } = role === 'zi' ? withoutDot(own, mean) : own;
    if (bars.length > 0 && role === 'dispersion') {
      throw new FormulaError(`the ${what} has a random term at character ${bars[0]!.start + 1}; random effects belong to the mean and the zero inflation, write fixed terms here`, text, bars[0]!.start);
    }
    return [{ role, what, text, bars, set: expandTerms(fixed, { text, dot: null, response: null }) }];
  });
}

/** `.` written out as the terms of another formula, as glmmTMB does: its random terms with them, its offsets not. */
function withoutDot({ fixed, bars }: Predictors, mean: Predictors): Predictors {
  const items = mean.fixed.flatMap(({ sign, value }) => (sign === '+' && value.kind === 'sum' ? value.items : [{ sign, value }]));
  let found = false;
  const written = (node: Expression): Expression => {
    const { start, end } = node;
    switch (node.kind) {
      case 'sum': return { ...node, items: node.items.map(({ sign, value }) => ({ sign, value: written(value) })) };
      case 'paren': return { ...node, inner: written(node.inner) };
      case 'binary': return { ...node, left: written(node.left), right: written(node.right) };
      case 'name':
        if (node.name !== '.') return node;
        found = true;
        return { kind: 'paren', start, end, inner: { kind: 'sum', start, end, items: items.filter(({ value }) => !(value.kind === 'call' && value.callee === 'offset')) } };
      default: return node;
    }
  };
  const own = fixed.map(({ sign, value }) => ({ sign, value: written(value) }));
  return { fixed: own, bars: [...(found ? mean.bars : []), ...bars] };
}

/** Whether a one-sided formula is `~ 0` or `~ -1`: no predictor at all. */
export function isEmptyFormula(text: string | undefined): boolean {
  return text === undefined || /^\s*~?\s*(0|-\s*1)\s*$/.test(text);
}

/** The one-sided formulas of a model as written; null where it has none but the default. */
export function auxiliaryFormulas({ auxiliaryTerms }: Pick<ModelFrame, 'auxiliaryTerms'>): { readonly ziformula: string | null; readonly dispformula: string | null } {
  const dispersion = auxiliaryTerms.dispersion?.formula ?? DEFAULT;
  return { ziformula: auxiliaryTerms.zi?.formula ?? null, dispformula: dispersion === DEFAULT ? null : dispersion };
}

/** A dispersion parameter that is known, as fits report it: a predictor without coefficients. @throws OptionError unless it is positive. */
export function knownDispersion(value: number, nobs: number, family: FamilyName): AuxiliaryPredictor {
  if (!(value > 0 && value < Infinity)) throw new OptionError(`dispersion is ${value}; a known dispersion is a positive number`);
  return { role: 'dispersion', names: [], x: new Float64Array(0), offset: new Float64Array(nobs).fill((family === 'Gamma' ? -1 : 1) * Math.log(value)) };
}

const STRUCTURES = ['flexible', 'symmetric', 'equidistant'] as const;
export type ThresholdStructure = (typeof STRUCTURES)[number];

/**
 * The J − 1 thresholds between ordered categories as linear functions of their coefficients, named as ordinal::clmm names them:
 * `flexible` one each (`1|2` …), `symmetric` about the middle (`central` or `central.1`, `central.2`, then `spacing.k`),
 * `equidistant` (`threshold.1` and `spacing`).
 */
export function thresholdPredictor(categories: readonly string[], structure: string = 'flexible'): AuxiliaryPredictor {
  if (!(STRUCTURES as readonly string[]).includes(structure)) {
    throw new OptionError(`unknown threshold structure '${structure}'; use ${STRUCTURES.join(', ')}${closestName(structure, STRUCTURES)}`);
  }
  const count = categories.length - 1;
  if (count < 2 && structure !== 'flexible') {
    throw new DataError(`${structure} thresholds need three categories or more, the response has ${count + 1}; use flexible`);
  }
  const { names, entry } = STRUCTURE[structure as ThresholdStructure](categories, count);
  const x = new Float64Array(count * names.length);
  for (let c = 0; c < count; c++) for (let j = 0; j < names.length; j++) x[c * names.length + j] = entry(c, j);
  return { role: 'thresholds', names, x, offset: null };
}

interface Structure {
  readonly names: readonly string[];
  /** Entry (threshold c, coefficient j) of the matrix. */
  readonly entry: (c: number, j: number) => number;
}

const STRUCTURE: Record<ThresholdStructure, (categories: readonly string[], count: number) => Structure> = {
  flexible: (categories, count) => ({
    names: Array.from({ length: count }, (_, c) => `${categories[c]!}|${categories[c + 1]!}`),
    entry: (c, j) => (c === j ? 1 : 0),
  }),
  equidistant: () => ({ names: ['threshold.1', 'spacing'], entry: (c, j) => (j === 0 ? 1 : c) }),
  symmetric: (_categories, count) => {
    const pairs = Math.floor(count / 2);
    if (count % 2 === 1) {
      // One central threshold; pair k lies spacing.k on either side of it.
      return {
        names: ['central', ...Array.from({ length: pairs }, (_, k) => `spacing.${k + 1}`)],
        entry: (c, j) => (j === 0 ? 1 : c === pairs + j ? 1 : c === pairs - j ? -1 : 0),
      };
    }
    // Two central thresholds; pair k lies spacing.k outside of them.
    return {
      names: ['central.1', 'central.2', ...Array.from({ length: pairs - 1 }, (_, k) => `spacing.${k + 1}`)],
      entry: (c, j) => {
        const upper = c >= pairs;
        if (j < 2) return (j === 1) === upper ? 1 : 0;
        return c === pairs + j - 1 ? 1 : c === pairs - j ? -1 : 0;
      },
    };
  },
};

/** Refuses options the family has no use for. */
export function checkAuxiliaryOptions(family: FamilyName, roles: readonly AuxiliaryPredictor['role'][], zeroInflation: boolean, options: FrameOptions): void {
  if (!isEmptyFormula(options.ziformula) && !zeroInflation) throw new OptionError(`family ${family} takes no zero inflation; leave it out (ziformula, --zi)`);
  const dispersed = roles.includes('dispersion');
  if (options.dispformula !== undefined && !dispersed) throw new OptionError(`family ${family} has no dispersion parameter; leave its model out (dispformula, --disp)`);
  if (options.dispersion !== undefined && !dispersed) throw new OptionError(`family ${family} has no dispersion parameter; leave dispersion out`);
  if (options.dispersion !== undefined && options.dispformula !== undefined) throw new OptionError('dispersion is either known or modelled; give its value (dispersion, --dispersion) or its model (dispformula, --disp), not both');
  if (options.threshold !== undefined && !roles.includes('thresholds')) throw new OptionError(`thresholds are for ordered responses (family cumulative); leave threshold out`);
}

