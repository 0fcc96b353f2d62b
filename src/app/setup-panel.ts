/** Setting up the model: a form and a formula in step, and the options of the fit. */
import type { ContrastName } from '../index.js';
import type { PageOptions } from './code.js';
import { codingForm } from './coding-form.js';
import { button, el, field } from './dom.js';
import { Cancelled, type Engine, EngineLost } from './engine.js';
import { fieldMistakes } from './field-mistakes.js';
import type { TableView } from './messages.js';
import { formOf, formulaOf } from './model-formula.js';
import { optionsForm } from './options-form.js';
import { termsForm } from './terms-form.js';

export interface ModelSetup {
  readonly formula: string;
  readonly options: PageOptions;
  /** Of confidence intervals, as a fraction. */
  readonly level: number;
}

export interface SetupEvents {
  readonly onRun: (setup: ModelSetup) => void;
  readonly onCancel: () => void;
  /** A factor is to have these levels, in this order. */
  readonly onLevels: (column: string, levels: readonly string[]) => void;
}

export interface SetupPanel {
  readonly element: HTMLElement;
  /** What was set up so far: where a new form for the same columns begins. */
  current(): Partial<ModelSetup>;
  /** Explains a mistake beside the field it belongs to. */
  showMistake(cause: unknown): void;
  /** While a fit runs there is its stage and Cancel; '' ends that. */
  showStage(stage: string): void;
}

const FIRST_STEPS = 'Choose the response, what explains it, and the grouping factor whose levels differ at random; or write the formula.';

/** No mistake in the form: given up by the user, or lost with an engine, which the page says at its head. */
const isElsewhere = (cause: unknown): boolean => cause instanceof Cancelled || cause instanceof EngineLost;

/** Milliseconds without a change before the model is checked. */
const REST = 250;

export function setupPanel(engine: Engine, view: TableView, start: Partial<ModelSetup>, { onRun, onCancel, onLevels }: SetupEvents): SetupPanel {
  const columns = new Set(view.columns.map(({ name }) => name));
  const formula = el('input', { class: 'formula', spellcheck: 'false', autocomplete: 'off', 'aria-describedby': 'formula-note' });
  const note = el('p', { class: 'soft note', id: 'formula-note', role: 'status' });
  const terms = termsForm(view.columns, () => { fromForm(); });
  const coding = codingForm(view.columns, start.options?.contrasts ?? {}, onLevels, () => { check(); });
  const options = optionsForm([...columns], start.options ?? {}, start.level ?? 0.95, () => { check(); });
  const run = el('button', { type: 'submit', class: 'primary' }, 'Fit model');
  const cancel = button('Cancel', onCancel, { hidden: true });
  const bar = el('progress', { 'aria-label': 'Fit in progress', hidden: true });
  const stage = el('span', { role: 'status', class: 'soft' });

  const current = (): ModelSetup => {
    const contrasts: Record<string, ContrastName> = coding.contrasts();
    return { formula: formula.value, level: options.level(), options: { ...options.read(), ...(Object.keys(contrasts).length === 0 ? {} : { contrasts }) } };
  };
  const fromForm = (): void => {
    const form = terms.read();
    formula.value = formulaOf(form);
    coding.show([...form.fixed, ...form.interactions.flat()]);
    check();
  };
  const fromFormula = (): void => {
    const form = formOf(formula.value, columns);
    terms.enable(form !== null);
    if (form !== null) {
      terms.show(form);
      coding.show([...form.fixed, ...form.interactions.flat()]);
    }
    check();
  };

  /** A model that nobody has begun to set up is not mistaken. */
  let touched = start.formula !== undefined;
  let timer = 0;
  let checking = new AbortController();
  const check = (): void => {
    clearTimeout(timer);
    checking.abort();
    timer = window.setTimeout(() => void ask(), REST);
  };
  const ask = async (): Promise<void> => {
    checking = new AbortController();
    if (!touched) {
      note.textContent = FIRST_STEPS;
      return;
    }
    const setup = current();
    if (!levelIsValid(setup)) return;
    const { formula: text, options: asked } = setup;
    const shown = formOf(text, columns) === null ? 'The formula says more than the form can show: the form rests until it is simpler. ' : '';
    try {
      note.textContent = shown + await engine.ask('check', { formula: text, options: asked }, { signal: checking.signal });
      mistakes.clear();
    } catch (cause) {
      if (isElsewhere(cause)) return;
      note.textContent = '';
      mistakes.explain(cause);
    }
  };

  const form = el('form', { novalidate: true }, terms.element, coding.element,
    el('div', { class: 'formula-field' }, field('Formula', formula), note), options.element,
    el('div', { class: 'row actions' }, run, cancel, bar, stage));
  const mistakes = fieldMistakes({ formula, response: terms.response, ...options.controls });
  const showMistake = (cause: unknown): void => {
    if (!isElsewhere(cause)) mistakes.explain(cause);
  };
  for (const kind of ['input', 'change']) form.addEventListener(kind, () => { touched = true; }, { capture: true });
  /** The engine is not asked about the level before there is a fit. */
  const levelIsValid = ({ level }: ModelSetup): boolean => {
    const valid = level >= 0.5 && level <= 0.9999;
    if (!valid) mistakes.show('level', 'the confidence level goes from 50 to 99.99 %');
    return valid;
  };
  formula.addEventListener('input', fromFormula);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    mistakes.clear();
    const setup = current();
    if (levelIsValid(setup)) onRun(setup);
  });
  if (start.formula === undefined) {
    terms.show(formOf(`${formulaOf({ ...terms.read(), random: [] })}`, columns)!);
    fromForm();
  } else {
    formula.value = start.formula;
    fromFormula();
  }
  return {
    element: el('section', { class: 'panel', id: 'setup', 'aria-labelledby': 'setup-title' }, el('h2', { id: 'setup-title' }, '2 · Model'), form),
    current: () => (touched ? current() : {}), showMistake,
    showStage(text) {
      stage.textContent = text;
      bar.hidden = cancel.hidden = text === '';
    },
  };
}
