/** The variables of a model as a form. */
import { button, checkbox, checkedValues, el, field, select } from './dom.js';
import type { ColumnView } from './messages.js';
import type { ModelForm, RandomForm } from './model-formula.js';

export interface TermsForm {
  readonly element: HTMLElement;
  /** The control that mistakes of the response belong to. */
  readonly response: HTMLElement;
  read(): ModelForm;
  show(form: ModelForm): void;
  /** Whether the form can be used: not while the formula says more than it can show. */
  enable(can: boolean): void;
}

/** @param onChange told of every change by the user */
export function termsForm(columns: readonly ColumnView[], onChange: () => void): TermsForm {
  const names = columns.map(({ name }) => name);
  const options = names.map((name) => [name, name] as const);
  const response = select(options, (columns.find(({ type }) => type === 'numeric') ?? columns[0])?.name);
  const trials = select([['', 'none: one column'], ...options], '');
  const intercept = checkbox('intercept', true);
  const fixed = el('div', { class: 'choices' }, ...names.map((name) => checkbox(name, false)));
  const interactions = el('div', { class: 'choices' });
  const others = el('div', { class: 'choices', role: 'group', 'aria-label': 'Terms from the formula' });
  const [first, second] = [select(options, names[0]), select(options, names[1] ?? names[0])];
  const random = el('div', { class: 'stack' });

  const addInteraction = (a: string, b: string): void => { interactions.append(checkbox(`${a} × ${b}`, true, JSON.stringify([a, b]))); };
  const addRandom = (form: RandomForm): void => {
    random.append(randomFieldset(names, form, random.childElementCount + 1, onChange));
  };
  const element = el('div', {},
    el('div', { class: 'fields' }, field('Response (or successes)', response), field('Number of trials', trials)),
    el('fieldset', {}, el('legend', {}, 'Fixed effects'), el('div', { class: 'choices' }, intercept), fixed, others),
    el('fieldset', {}, el('legend', {}, 'Interactions'), interactions, el('div', { class: 'row' }, field('between', first), field('and', second), button('Add', () => {
      addInteraction(first.value, second.value);
      onChange();
    }, { 'aria-label': 'Add interaction' }))),
    el('div', { style: 'margin-top:.9rem' }, random, button('Add grouping factor', () => { addRandom({ ...NO_RANDOM, group: '' }); })));
  element.addEventListener('change', ({ target }) => { if (target !== first && target !== second) onChange(); });
  return {
    element, response,
    enable(can) { element.inert = !can; },
    read: () => ({
      response: response.value, trials: trials.value, intercept: checkedValues(intercept).length > 0, fixed: checkedValues(fixed),
      interactions: checkedValues(interactions).map((text) => JSON.parse(text) as [string, string]), others: checkedValues(others),
      random: [...random.children].map(readRandom),
    }),
    show(form) {
      response.value = form.response;
      trials.value = form.trials;
      intercept.querySelector('input')!.checked = form.intercept;
      for (const box of fixed.querySelectorAll('input')) box.checked = form.fixed.includes(box.value);
      interactions.replaceChildren();
      for (const [a, b] of form.interactions) addInteraction(a, b);
      others.replaceChildren(...form.others.map((term) => checkbox(term, true)));
      random.replaceChildren();
      for (const term of form.random.length === 0 ? [NO_RANDOM] : form.random) addRandom(term);
    },
  };
}

const NO_RANDOM: RandomForm = { group: '', intercept: true, slopes: [], correlated: true };

function randomFieldset(names: readonly string[], { group, intercept, slopes, correlated }: RandomForm, place: number, onChange: () => void): HTMLElement {
  const boxes = el('div', { class: 'choices', role: 'group', 'aria-label': 'Random slopes' });
  const details = el('details', { open: slopes.length > 0 }, el('summary', {}, 'Random slopes'), boxes);
  // A table of many columns would fill every grouping factor with boxes that nobody opens.
  const offerSlopes = (): void => {
    if (details.open && boxes.childElementCount === 0) boxes.append(...names.map((name) => named('slope', checkbox(name, slopes.includes(name)))));
  };
  details.addEventListener('toggle', offerSlopes);
  offerSlopes();
  const element = el('fieldset', { class: 'random' },
    el('legend', {}, `Random effects ${place}`),
    el('div', { class: 'fields' }, field('Grouping factor', select([['', 'none'], ...names.map((name) => [name, name] as const)], group, { name: 'group' })),
      el('div', { class: 'choices' }, named('intercept', checkbox('random intercept', intercept)), named('correlated', checkbox('effects correlate', correlated)),
        button('Remove', () => {
          element.remove();
          onChange();
        }, { 'aria-label': `Remove random effects ${place}`, class: 'quiet' }))),
    details);
  return element;
}

function named(name: string, label: HTMLLabelElement): HTMLLabelElement {
  label.querySelector('input')!.name = name;
  return label;
}

function readRandom(element: Element): RandomForm {
  const checked = (name: string): HTMLInputElement[] => [...element.querySelectorAll<HTMLInputElement>(`input[name=${name}]:checked`)];
  return {
    group: element.querySelector<HTMLSelectElement>('select')!.value, intercept: checked('intercept').length > 0, slopes: checked('slope').map(({ value }) => value),
    correlated: checked('correlated').length > 0,
  };
}
