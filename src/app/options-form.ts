/** Family, link, method and everything else a model is fitted with. Only what a family takes is offered. */
import { DEFAULT_CONTROL, FAMILY_NAMES, type FamilyName, type LinkName, linksOf } from '../index.js';
import { getFamily, takesZeroInflation } from '../families/registry.js';
import type { PageOptions } from './code.js';
import { el, field, numberInput, select, setChoices } from './dom.js';

const METHODS = {
  linear: [['REML', 'restricted maximum likelihood (REML)'], ['ML', 'maximum likelihood']],
  other: [
    ['laplace', 'Laplace approximation'], ['agq', 'adaptive quadrature'], ['nagq0', 'joint mode (nAGQ = 0)'], ['MPL', 'pseudo-likelihood (MPL)'], ['REMPL', 'restricted pseudo-likelihood (REMPL)'],
  ],
} as const;
const FAMILY_LABELS: Readonly<Record<FamilyName, string>> = {
  binomial: 'binomial: two outcomes', poisson: 'Poisson: counts', gaussian: 'gaussian: continuous', Gamma: 'Gamma: positive', 'inverse.gaussian': 'inverse gaussian: positive',
  nbinom1: 'negative binomial 1: counts, variance ∝ mean', nbinom2: 'negative binomial 2: counts, variance quadratic', beta: 'beta: between 0 and 1', betabinomial: 'beta-binomial: successes of trials',
  truncated_poisson: 'truncated Poisson: counts from 1', truncated_nbinom1: 'truncated negative binomial 1: counts from 1', truncated_nbinom2: 'truncated negative binomial 2: counts from 1',
  cumulative: 'cumulative: ordered categories',
};
const FIRST_NODES = 9;
const THRESHOLDS = ['flexible', 'symmetric', 'equidistant'] as const;

export interface OptionsForm {
  readonly element: HTMLElement;
  /** Controls by the names of `fieldOf`. */
  readonly controls: Readonly<Record<string, HTMLElement>>;
  /** Contrasts are the coding form's. */
  read(): PageOptions;
  /** As a fraction. */
  level(): number;
}

/** @param columns names to choose weights and offset from */
export function optionsForm(columns: readonly string[], start: Partial<PageOptions>, startLevel: number, onChange: () => void): OptionsForm {
  const orNone = [['', 'none'], ...columns.map((name) => [name, name] as const)] as const;
  const family = select(FAMILY_NAMES.map((name) => [name, FAMILY_LABELS[name]]), start.family ?? 'binomial');
  const link = select([]);
  const method = select([]);
  const nodes = numberInput(start.nAGQ !== undefined && start.nAGQ > 1 ? start.nAGQ : FIRST_NODES, { min: 2, max: 100, step: 1 });
  const weights = select(orNone, start.weights ?? '');
  const offset = el('input', { spellcheck: 'false', autocomplete: 'off', placeholder: 'none', value: start.offset ?? '', list: 'offset-columns' });
  const zi = formulaInput(start.ziformula);
  const disp = formulaInput(start.dispformula);
  const threshold = select(THRESHOLDS.map((name) => [name, name]), start.threshold ?? 'flexible');
  const level = numberInput(Number((100 * startLevel).toPrecision(6)), { min: 50, max: 99.99 });
  const iterations = numberInput(start.control?.maxEvaluations ?? DEFAULT_CONTROL.maxEvaluations, { min: 1, step: 1 });
  const tolerance = numberInput(start.control?.tolerance ?? DEFAULT_CONTROL.tolerance, { min: 0 });
  const fields = {
    family: field('Family', family), link: field('Link', link), method: field('Method', method), nodes: field('Quadrature nodes', nodes), weights: field('Weights', weights), offset: field('Offset', offset),
    zi: field('Zero-inflation model', zi), disp: field('Dispersion model', disp), threshold: field('Thresholds', threshold), level: field('Confidence level (%)', level),
    iterations: field('Evaluations at most', iterations), tolerance: field('Convergence tolerance', tolerance),
  };

  const isLinear = (): boolean => family.value === 'gaussian' && link.value === 'identity' && disp.value.trim() === '';
  const offerMethods = (wanted: string): void => {
    const offered = METHODS[isLinear() ? 'linear' : 'other'];
    setChoices(method, offered, offered.some(([name]) => name === wanted) ? wanted : offered[0][0]);
  };
  const offer = (): void => {
    offerMethods(method.value);
    const name = family.value as FamilyName;
    fields.nodes.hidden = method.value !== 'agq';
    fields.zi.hidden = !takesZeroInflation(name);
    fields.disp.hidden = !getFamily(name, link.value as LinkName).auxiliary.includes('dispersion');
    fields.threshold.hidden = name !== 'cumulative';
  };
  const offerLinks = (wanted?: string): void => {
    const links = linksOf(family.value as FamilyName);
    setChoices(link, links.map((name, i) => [name, i === 0 ? `${name} (default)` : name]), links.find((name) => name === wanted) ?? links[0]!);
  };
  offerLinks(start.link);
  offerMethods(methodOf(start));
  offer();
  const element = el('div', {},
    el('div', { class: 'fields' }, fields.family, fields.link, fields.method, fields.nodes, fields.threshold, fields.weights, fields.offset, fields.level),
    el('datalist', { id: 'offset-columns' }, ...columns.map((name) => el('option', { value: name }))),
    el('details', {}, el('summary', {}, 'More: zero inflation, dispersion, iterations'), el('div', { class: 'fields' }, fields.zi, fields.disp, fields.iterations, fields.tolerance)));
  element.addEventListener('change', ({ target }) => {
    if (target === family) offerLinks();
    offer();
    onChange();
  });
  return {
    element,
    controls: { family, link, method, nodes, weights, offset, zi, disp, threshold, level, iterations, tolerance },
    level: () => Number(level.value) / 100,
    read() {
      const text = (control: HTMLInputElement, place: HTMLElement): string => (place.hidden ? '' : control.value.trim());
      const [ziformula, dispformula] = [text(zi, fields.zi), text(disp, fields.disp)];
      const control = {
        ...(Number(iterations.value) === DEFAULT_CONTROL.maxEvaluations ? {} : { maxEvaluations: Number(iterations.value) }),
        ...(Number(tolerance.value) === DEFAULT_CONTROL.tolerance ? {} : { tolerance: Number(tolerance.value) }),
      };
      const chosen = link.value as LinkName;
      return {
        family: family.value as FamilyName, ...(chosen === linksOf(family.value as FamilyName)[0] ? {} : { link: chosen }), ...optionsOfMethod(method.value, Number(nodes.value)),
        ...(weights.value === '' ? {} : { weights: weights.value }), ...(offset.value.trim() === '' ? {} : { offset: offset.value.trim() }),
        ...(ziformula === '' ? {} : { ziformula }), ...(dispformula === '' ? {} : { dispformula }),
        ...(fields.threshold.hidden || threshold.value === 'flexible' ? {} : { threshold: threshold.value as (typeof THRESHOLDS)[number] }),
        ...(Object.keys(control).length === 0 ? {} : { control }),
      };
    },
  };
}

function formulaInput(start = ''): HTMLInputElement {
  return el('input', { class: 'formula', spellcheck: 'false', autocomplete: 'off', placeholder: 'none, or ~ x', value: start });
}

function optionsOfMethod(method: string, nodes: number): Pick<PageOptions, 'REML' | 'nAGQ' | 'fitMethod'> {
  switch (method) {
    case 'ML': return { REML: false };
    case 'agq': return { nAGQ: nodes };
    case 'nagq0': return { nAGQ: 0 };
    case 'MPL': case 'REMPL': return { fitMethod: method };
    default: return {};
  }
}

function methodOf({ REML, nAGQ, fitMethod }: Partial<PageOptions>): string {
  if (fitMethod !== undefined && fitMethod !== 'likelihood') return fitMethod;
  if (nAGQ !== undefined && nAGQ !== 1) return nAGQ === 0 ? 'nagq0' : 'agq';
  return REML === false ? 'ML' : '';
}
