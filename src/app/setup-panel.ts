/** Setting up the model: a form and a formula in step, and the options of the fit. */
import { FAMILY_NAMES, type FamilyName, type GlmmOptions, linksOf } from '../index.js';
import type { PageOptions } from './code.js';
import { button, checkbox, checkedValues, el, field, select } from './dom.js';
import type { TableView } from './messages.js';
import { type ModelForm, formOf, formulaOf } from './model-formula.js';

export interface ModelSetup {
  readonly formula: string;
  readonly options: PageOptions;
  readonly level: number;
}

/** What a form begins with. */
export interface SetupStart {
  readonly formula?: string;
  readonly family?: FamilyName;
}

export interface SetupPanel {
  readonly element: HTMLElement;
  /** The model as it is set up now: where a new form for the same columns begins. */
  current(): SetupStart;
  /** Names the mistake beside the formula; '' clears it. */
  showError(message: string): void;
  /** While a fit runs there is Cancel, otherwise Fit. */
  setRunning(running: boolean): void;
}

export function setupPanel(view: TableView, start: SetupStart, onRun: (setup: ModelSetup) => void, onCancel: () => void): SetupPanel {
  const names = view.columns.map(({ name }) => name);
  const options = names.map((name) => [name, name] as const);
  const orNone = [['', 'none'], ...options] as const;
  const response = select(options, names[0]);
  const trials = select([['', 'none: one column'], ...options], '');
  const fixed = el('div', { class: 'choices' }, ...names.map((name) => checkbox(name, false)));
  const slopes = el('div', { class: 'choices' }, ...names.map((name) => checkbox(name, false)));
  const interactions = el('div', { class: 'choices' });
  const [first, second] = [select(options, names[0]), select(options, names[1] ?? names[0])];
  const group = select(orNone, '');
  const intercept = checkbox('random intercept', true);
  const formula = el('input', { class: 'formula', spellcheck: 'false', autocomplete: 'off', 'aria-describedby': 'formula-note fit-error' });
  const note = el('p', { class: 'soft', id: 'formula-note' });
  const family = select(FAMILY_NAMES.map((name) => [name, name]), start.family ?? 'binomial');
  const link = select([]);
  const weights = select(orNone, '');
  const offset = select(orNone, '');
  const level = el('input', { type: 'number', min: 50, max: 99.99, step: 'any', value: 95 });
  const nodes = el('input', { type: 'number', min: 0, max: 100, step: 1, value: 1 });
  const error = el('p', { class: 'error', role: 'alert', id: 'fit-error' });
  const cancel = button('Cancel', onCancel, { hidden: true });

  const addInteraction = (a: string, b: string): void => {
    const box = checkbox(`${a} × ${b}`, true, JSON.stringify([a, b]));
    interactions.append(box);
  };
  const readForm = (): ModelForm => ({
    response: response.value, trials: trials.value, fixed: checkedValues(fixed), group: group.value, slopes: checkedValues(slopes),
    interactions: checkedValues(interactions).map((text) => JSON.parse(text) as [string, string]), randomIntercept: intercept.querySelector('input')!.checked,
  });
  const check = (parent: HTMLElement, chosen: readonly string[]): void => {
    for (const box of parent.querySelectorAll('input')) box.checked = chosen.includes(box.value);
  };
  const showForm = (form: ModelForm): void => {
    response.value = form.response;
    trials.value = form.trials;
    group.value = form.group;
    check(fixed, form.fixed);
    check(slopes, form.slopes);
    intercept.querySelector('input')!.checked = form.randomIntercept;
    interactions.replaceChildren();
    for (const [a, b] of form.interactions) addInteraction(a, b);
  };
  const fromForm = (): void => {
    formula.value = formulaOf(readForm());
    note.textContent = group.value === '' ? 'Choose a grouping factor: a mixed model has a random part.' : '';
  };
  const fromFormula = (): void => {
    const form = formOf(formula.value, new Set(names));
    note.textContent = form === null ? 'The formula says more than the form shows; the formula counts.' : '';
    if (form !== null) showForm(form);
  };
  const showLinks = (): void => {
    link.replaceChildren(...linksOf(family.value as FamilyName).map((name, i) => el('option', { value: name }, i === 0 ? `${name} (default)` : name)));
  };

  family.addEventListener('change', showLinks);
  formula.addEventListener('input', fromFormula);
  showLinks();
  if (start.formula === undefined) fromForm();
  else {
    formula.value = start.formula;
    fromFormula();
  }

  const parts = el('div', {},
    el('div', { class: 'fields' }, field('Response (or successes)', response), field('Number of trials', trials)),
    el('fieldset', {}, el('legend', {}, 'Fixed effects'), fixed),
    el('fieldset', {}, el('legend', {}, 'Interactions'), interactions, el('div', { class: 'row' }, field('between', first), field('and', second), button('Add', () => {
      addInteraction(first.value, second.value);
      fromForm();
    }, { 'aria-label': 'Add interaction' }))),
    el('div', { class: 'fields', style: 'margin-top:.9rem' }, field('Grouping factor', group), el('div', { class: 'choices' }, intercept)),
    el('fieldset', {}, el('legend', {}, 'Random slopes'), slopes));
  parts.addEventListener('change', (event) => { if (event.target !== first && event.target !== second) fromForm(); });

  const form = el('form', {}, parts,
    el('div', { style: 'margin:.9rem 0' }, field('Formula', formula), note),
    el('div', { class: 'fields' }, field('Family', family), field('Link', link), field('Weights', weights), field('Offset', offset),
      field('Confidence level (%)', level), field('Quadrature nodes (1: Laplace)', nodes)),
    error);
  const run = el('button', { type: 'submit', class: 'primary' }, 'Fit model');
  form.append(el('div', { class: 'row' }, run, cancel));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onRun({
      formula: formula.value, level: Number(level.value) / 100,
      options: {
        family: family.value as FamilyName, link: link.value as NonNullable<GlmmOptions['link']>,
        ...(nodes.value === '1' ? {} : { nAGQ: Number(nodes.value) }),
        ...(weights.value === '' ? {} : { weights: weights.value }), ...(offset.value === '' ? {} : { offset: offset.value }),
      },
    });
  });
  return {
    element: el('section', { class: 'panel', id: 'setup', 'aria-labelledby': 'setup-title' }, el('h2', { id: 'setup-title' }, '2 · Model'), form),
    current: () => ({ formula: formula.value, family: family.value as FamilyName }),
    showError: (message) => { error.textContent = message; },
    setRunning: (running) => {
      run.disabled = running;
      cancel.hidden = !running;
    },
  };
}
