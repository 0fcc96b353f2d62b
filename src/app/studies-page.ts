/** Studies of a fitted model: bootstrap, likelihood-ratio test, power and influence. */
import type { BackendChoice } from '../index.js';
import { formatCount } from '../report/format-numbers.js';
import type { DoneStudy } from './code.js';
import { button, el, field, messageOf, nextFrame, numberInput, select, tabs } from './dom.js';
import { Cancelled, type Engine } from './engine.js';
import { withinLimits } from './field-limits.js';
import { fileButtons } from './file-buttons.js';
import { adopt } from './markup-view.js';
import type { ModelView, Requests, StudyKind, StudyQuestions, StudyView } from './messages.js';

/** Where studies are computed. */
export interface Computing {
  backend(): BackendChoice;
}

const FIRST_NSIM = { bootstrap: 2000, lrt: 2000, power: 500 } as const;
const MOST_REPLICATES = 1_000_000;

interface StudyForm<K extends StudyKind> {
  readonly kind: K;
  /** What it is for, in one sentence. */
  readonly purpose: string;
  readonly fields: readonly HTMLElement[];
  readonly question: () => StudyQuestions[K];
  readonly button: string;
}

/** @param onDone told of every study that came to its end */
export function studiesPage(engine: Engine, model: ModelView, computing: Computing, level: number, signal: AbortSignal, onDone: (study: DoneStudy) => void): HTMLElement {
  if (!model.refittable) return el('p', {}, 'Models fitted by pseudo-likelihood cannot be refitted in bulk: fit the model by likelihood for studies.');
  const card = <K extends StudyKind>(form: StudyForm<K>): StudyCard => studyCard(engine, model, computing, form, signal, onDone);
  const parameter = select(model.parameters.map((name) => [name, name]), model.parameters[0], { 'data-view': true });
  const bootstrap = card(bootstrapForm(level, parameter));
  parameter.addEventListener('change', () => {
    void engine.ask('watch', { model: model.id, parameter: parameter.value }, { signal }).then((markup) => { bootstrap.output.querySelector('.watched')?.replaceChildren(adopt(markup)); }, () => undefined);
  });
  return el('div', { id: 'studies' }, tabs('Studies', [
    ['Bootstrap', bootstrap.element], ['Likelihood-ratio test', card(lrtForm(model)).element], ['Power', card(powerForm(model)).element], ['Influence', card(influenceForm(model)).element],
  ]));
}

function replicateFields(nsim: number): { readonly fields: readonly HTMLElement[]; read(): { nsim: number; seed: number } } {
  const count = numberInput(nsim, { min: 1, max: MOST_REPLICATES, step: 1 });
  const seed = numberInput(1, { min: 0, step: 1 });
  return { fields: [field('Replicates', count), field('Seed', seed)], read: () => ({ nsim: Number(count.value), seed: Number(seed.value) }) };
}

function bootstrapForm(level: number, parameter: HTMLSelectElement): StudyForm<'bootstrap'> {
  const replicates = replicateFields(FIRST_NSIM.bootstrap);
  return {
    kind: 'bootstrap', purpose: 'Responses are drawn from the fitted model and the model is fitted to each: intervals that do not lean on the normal distribution.', button: 'Run bootstrap',
    fields: [...replicates.fields, field('Parameter shown', parameter)], question: () => ({ ...replicates.read(), level, parameter: parameter.value }),
  };
}

function lrtForm({ formula }: ModelView): StudyForm<'lrt'> {
  const replicates = replicateFields(FIRST_NSIM.lrt);
  const smaller = el('input', { class: 'formula', spellcheck: 'false', autocomplete: 'off', value: formula });
  const place = field('Smaller model: take terms away', smaller);
  place.classList.add('wide');
  return {
    kind: 'lrt', purpose: 'The likelihood ratio of this model and a smaller one, referred to its distribution under the smaller one.', button: 'Run test',
    fields: [place, ...replicates.fields], question: () => ({ ...replicates.read(), smaller: smaller.value }),
  };
}

function powerForm({ fixedNames }: ModelView): StudyForm<'power'> {
  const replicates = replicateFields(FIRST_NSIM.power);
  const offered = fixedNames.filter((name) => name !== '(Intercept)');
  const tested = select((offered.length === 0 ? fixedNames : offered).map((name) => [name, name]), offered[0] ?? fixedNames[0]);
  const effects = el('input', { value: '0, 0.25, 0.5, 0.75, 1', autocomplete: 'off' });
  const alpha = numberInput(0.05, { min: 0.0001, max: 0.5 });
  const sizes = (): number[] => effects.value.split(/[\s,;]+/).filter((text) => text !== '').map(Number);
  effects.addEventListener('input', () => { effects.setCustomValidity(sizes().every(Number.isFinite) ? '' : 'numbers, separated by commas'); });
  return {
    kind: 'power', purpose: 'How often a test finds an effect of a given size with these data: 0 gives the type-I error.', button: 'Run power study',
    fields: [field('Effect tested', tested), field('Sizes of the effect', effects), field('Level of the test', alpha), ...replicates.fields],
    question: () => ({ ...replicates.read(), tested: tested.value, effects: sizes(), alpha: Number(alpha.value) }),
  };
}

function influenceForm({ groups }: ModelView): StudyForm<'influence'> {
  const by = select([...groups, 'rows'].map((name) => [name, name]), groups[0]);
  return { kind: 'influence', purpose: 'The model is fitted without each level, or each row: which of them do the estimates hang on?', button: 'Find influential units', fields: [field('Left out in turn', by)], question: () => ({ by: by.value }) };
}

interface StudyCard {
  readonly element: HTMLElement;
  readonly output: HTMLElement;
}

/** Has the browser ask before the page is closed. */
function keepPage(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function studyCard<K extends StudyKind>(
  engine: Engine, model: ModelView, computing: Computing, { kind, purpose, fields, question, button: action }: StudyForm<K>, signal: AbortSignal, onDone: (study: DoneStudy) => void,
): StudyCard {
  const start = el('button', { type: 'submit', class: 'primary' }, action);
  const resume = button('Continue', () => void run(true), { hidden: true });
  let abort = new AbortController();
  const cancel = button('Cancel', () => { abort.abort(); }, { hidden: true });
  const bar = el('progress', { max: 1, value: 0, 'aria-label': `${action}: progress`, hidden: true });
  const status = el('p', { role: 'status', class: 'soft status' });
  const error = el('p', { class: 'error', role: 'alert' });
  const output = el('div', { class: 'output', 'data-study': kind });

  const show = ({ done, total, rate, device, markup }: StudyView): void => {
    bar.value = total === 0 ? 0 : done / total;
    const speed = rate > 0 ? `, ${formatCount(Math.round(rate))} fits per second` : '';
    status.textContent = `${formatCount(done)} of ${formatCount(total)}${speed}${device === '' ? '' : ` on ${device}`}`;
    if (markup !== '' && markup !== shown) {
      shown = markup;
      output.replaceChildren(adopt(markup));
    }
  };
  let shown = '';
  let latest: StudyView | undefined;
  /** News that come faster than pictures are drawn give one picture. */
  const showSoon = (view: StudyView): void => {
    const waits = latest !== undefined;
    latest = view.markup === '' ? { ...view, markup: latest?.markup ?? '' } : view;
    if (!waits) {
      void nextFrame().then(() => {
        if (latest !== undefined) show(latest);
        latest = undefined;
      });
    }
  };
  const run = async (again: boolean): Promise<void> => {
    abort.abort();
    const mine = abort = new AbortController();
    error.textContent = '';
    resume.hidden = true;
    start.disabled = true;
    cancel.hidden = bar.hidden = false;
    if (!again) output.replaceChildren();
    const asked = question();
    addEventListener('beforeunload', keepPage);
    try {
      const ask = { model: model.id, backend: computing.backend(), resume: again, question: asked } as Requests[K]['ask'];
      const view: StudyView = await engine.ask(kind, ask, { signal: AbortSignal.any([mine.signal, signal]), onStage: (stage) => { status.textContent = `${stage} …`; }, onLive: showSoon });
      show(view);
      output.append(fileButtons(engine, model.id, view.files));
      onDone({ kind, question: asked } as unknown as DoneStudy);
    } catch (cause) {
      if (cause instanceof Cancelled) {
        status.textContent = `Cancelled. ${status.textContent}`;
        resume.hidden = kind === 'influence';
      } else error.textContent = messageOf(cause);
    } finally {
      latest = undefined;
      if (mine === abort) removeEventListener('beforeunload', keepPage);
      start.disabled = false;
      cancel.hidden = bar.hidden = true;
    }
  };
  const form = el('form', { novalidate: true }, el('p', { class: 'soft' }, purpose), el('div', { class: 'fields' }, ...fields), error, el('div', { class: 'row actions' }, start, resume, cancel, bar), status);
  // Another question is another study, whatever of it is looked at.
  form.addEventListener('input', ({ target }) => { if (!(target as HTMLElement).hasAttribute('data-view')) resume.hidden = true; });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (withinLimits(form)) void run(false);
  });
  return { element: el('div', { class: 'study' }, form, output), output };
}
