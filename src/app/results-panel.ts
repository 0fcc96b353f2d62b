/** The fitted model: estimates, diagnosis, conditional modes, studies, comparison and exports, a page each. */
import type { RanefEntry } from '../index.js';
import { formatNumbers } from '../report/format-numbers.js';
import { type Analysis, type DoneStudy, cliCode, rCode, typescriptCode } from './code.js';
import { comparePage } from './compare-page.js';
import { type Child, el, messageOf, tabs } from './dom.js';
import { Cancelled, type Engine } from './engine.js';
import { fileButtons } from './file-buttons.js';
import { adopt } from './markup-view.js';
import { longTable } from './long-table.js';
import type { FitView } from './messages.js';
import type { ModelList } from './model-list.js';
import { type Computing, studiesPage } from './studies-page.js';

export interface ResultsEvents {
  /** Ends with the model: a newer one takes its place. */
  readonly signal: AbortSignal;
  readonly onSave: (name: string) => Promise<void>;
}

/** @param analysis what led to the model */
export function resultsPanel(
  engine: Engine, { model, markup, nModes, firstModes, seconds }: FitView, analysis: Analysis, computing: Computing, models: ModelList, { signal, onSave }: ResultsEvents,
): HTMLElement {
  const studies: DoneStudy[] = [];
  const code = codeSection(() => ({ ...analysis, studies }));
  const estimates = el('div', {}, adopt(markup), el('p', { class: 'soft' }, seconds === 0 ? 'Restored from a saved model.' : `Fitted in ${formatNumbers([seconds], 2)[0]!} s in float64.`));
  const pages = tabs('Results', [
    ['Estimates', estimates],
    ['Diagnosis', examinationPage(engine, model.id, signal)],
    ['Random effects', modesPage(firstModes, nModes, (from, to) => engine.ask('modes', { model: model.id, from, to }, { signal }), analysis.level)],
    ['Studies', studiesPage(engine, model, computing, analysis.level, signal, (study) => {
      studies.push(study);
      code.update();
    })],
    ['Compare', comparePage(engine, models, signal)],
    ['Export', el('div', {}, savePart(onSave), filePart(engine, model.id), code.element)],
  ]);
  return el('section', { class: 'panel', id: 'results', tabindex: -1, 'aria-labelledby': 'results-title' }, el('h2', { id: 'results-title' }, '3 · Fitted model'), pages);
}

function examinationPage(engine: Engine, model: number, signal: AbortSignal): HTMLElement {
  const page = el('div', { id: 'diagnosis' }, el('p', { role: 'status' }, 'Checking the fit …'));
  engine.ask('examine', { model }, { signal }).then(
    (markup) => { page.replaceChildren(adopt(markup)); },
    (cause: unknown) => { if (!(cause instanceof Cancelled)) page.replaceChildren(el('p', { class: 'error' }, messageOf(cause))); },
  );
  return page;
}

function modesPage(first: readonly RanefEntry[], count: number, modesOf: (from: number, to: number) => Promise<readonly RanefEntry[]>, level: number): HTMLElement {
  const percent = `${Number((100 * level).toPrecision(6))} %`;
  const digits = (value: number): string => formatNumbers([value], 4)[0]!;
  const cells = (row: RanefEntry): Child[] => [row.level, row.group, row.term, digits(row.estimate), digits(row.std_error), digits(row.conf_low), digits(row.conf_high), String(row.rank)];
  return el('div', {}, el('h3', {}, 'Conditional modes'), longTable(
    'Conditional modes', ['level', 'group', 'effect', 'mode', 'std. dev.', `${percent} low`, `${percent} high`, 'rank'], first.map(cells), count, async (from, to) => (await modesOf(from, to)).map(cells),
  ));
}

/** What the engine's `file` offers of every model. */
const MODEL_FILES = ['coefficients.csv', 'modes.csv', 'modes.parquet', 'rows.csv', 'rows.parquet', 'fit.json', 'model.json', 'model.html'];

function filePart(engine: Engine, model: number): HTMLElement {
  return el('div', {}, el('h3', {}, 'Files'), el('p', { class: 'soft' }, 'rows has fitted values, residuals, leverages and modes of every row; fit.json every number of the fit; model.json is the model itself, with its data, for loadModel; model.html is a report that needs no program.'),
    fileButtons(engine, model, MODEL_FILES));
}

function savePart(onSave: (name: string) => Promise<void>): HTMLElement {
  const name = el('input', { 'aria-label': 'Name of the model', placeholder: 'name', required: true });
  const note = el('p', { class: 'soft', role: 'status' });
  const form = el('form', { class: 'row' }, name, el('button', { type: 'submit' }, 'Save in this browser'));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onSave(name.value).then(() => { note.textContent = `Saved as ${name.value}.`; }, (cause: unknown) => { note.textContent = messageOf(cause); });
  });
  return el('div', {}, el('h3', {}, 'Save'), form, note);
}

const LANGUAGES = [['R', rCode], ['Command line', cliCode], ['TypeScript', typescriptCode]] as const;

function codeSection(analysis: () => Analysis): { readonly element: HTMLElement; update(): void } {
  const blocks = LANGUAGES.map(([name, make]) => ({ name, make, block: el('pre', { tabindex: 0, role: 'region', 'aria-label': `${name} code` }) }));
  const update = (): void => { for (const { make, block } of blocks) block.textContent = make(analysis()); };
  update();
  return { element: el('div', { id: 'code' }, el('h3', {}, 'The same elsewhere'), ...blocks.flatMap(({ name, block }) => [el('h4', {}, name), block])), update };
}
