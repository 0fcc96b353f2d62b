/** The page: data, model and results, one panel after the other. Computing is the engine worker's. */
import type { TypeOptions } from '../table/retype.js';
import type { Analysis } from './code.js';
import { computingBar } from './computing-bar.js';
import { el, messageOf } from './dom.js';
import { Cancelled, startEngine } from './engine.js';
import { type LoadedFile, loadPanel } from './load-panel.js';
import type { FitView, TableView } from './messages.js';
import { modelList } from './model-list.js';
import { preview } from './preview.js';
import { resultsPanel } from './results-panel.js';
import { type SavedModel, saveInBrowser, savedModels } from './saved-models.js';
import { type ModelSetup, type SetupPanel, setupPanel } from './setup-panel.js';

const engine = startEngine();
const computing = computingBar(engine);
const models = modelList();
const saved = savedModels(openSaved);
const error = el('p', { class: 'error', role: 'alert' });
const work = el('div');
/** Ends with the table: what was asked of another one is not shown. */
let table = new AbortController();

document.querySelector('#app')!.append(computing.element, loadPanel(open, saved.element), error, work);
void saved.refresh();
if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('./service-worker.js').catch(() => undefined);

async function open({ name, bytes, example }: LoadedFile): Promise<void> {
  await openTable({ name, bytes }, example === undefined ? {} : { types: example.types }, example === undefined ? {} : { formula: example.formula, options: { family: example.family } });
}

async function openSaved({ file, types, setup, text }: SavedModel): Promise<void> {
  const show = await openTable(file, types, setup);
  show(await engine.ask('restore', { text, level: setup.level, dataName: file.name }, { signal: table.signal }), setup);
}

/** Shows a table with a form for its model; returns what shows a model of it. */
async function openTable(file: SavedModel['file'], firstTypes: TypeOptions, start: Partial<ModelSetup>): Promise<(view: FitView, setup: ModelSetup) => void> {
  table.abort();
  const { signal } = table = new AbortController();
  error.textContent = '';
  work.replaceChildren();
  let types = firstTypes;
  const top = el('div');
  const results = el('div');
  let setup: SetupPanel;
  let fitting = new AbortController();
  signal.addEventListener('abort', () => { fitting.abort(); });
  showTable(await engine.ask('open', { ...file, types }, { signal }), start);
  work.replaceChildren(top, results);

  function showTable(view: TableView, from: Partial<ModelSetup>): void {
    setup = setupPanel(engine, view, from, {
      onRun: (model) => void run(model),
      onCancel: () => { fitting.abort(); },
      onLevels: (column, levels) => void retype({ ...types, levels: { ...types.levels, [column]: levels } }),
    });
    top.replaceChildren(preview(file.name, view, (column, type) => {
      // Another type has its own order of levels.
      const { [column]: _, ...levels } = types.levels ?? {};
      void retype({ types: { ...types.types, [column]: type }, levels });
    }), setup.element);
  }

  async function retype(wanted: TypeOptions): Promise<void> {
    error.textContent = '';
    const focused = document.activeElement?.id ?? '';
    try {
      const view = await engine.ask('retype', wanted, { signal });
      types = wanted;
      showTable(view, setup.current());
    } catch (cause) {
      if (cause instanceof Cancelled) return;
      error.textContent = messageOf(cause);
      showTable(await engine.ask('retype', types, { signal }), setup.current());
    }
    document.getElementById(focused)?.focus({ preventScroll: true });
  }

  async function run(model: ModelSetup): Promise<void> {
    fitting.abort();
    const mine = fitting = new AbortController();
    const form = setup;
    form.showStage('Fitting …');
    try {
      const view = await engine.ask('fit', { ...model, dataName: file.name }, { signal: mine.signal });
      show(view, model);
    } catch (cause) {
      form.showMistake(cause);
    } finally {
      if (mine === fitting) form.showStage('');
    }
  }

  function show(view: FitView, model: ModelSetup): void {
    models.add(view.model);
    const analysis: Analysis = { file: file.name, types, formula: model.formula, options: model.options, level: model.level, studies: [] };
    const own = types;
    const panel = resultsPanel(engine, view, analysis, computing, models, {
      signal: fitting.signal,
      async onSave(name) {
        const text = await engine.ask('save', { model: view.model.id });
        await saveInBrowser(name, { text, file, types: own, setup: model, saved: Date.now() });
        await saved.refresh();
      },
    });
    results.replaceChildren(panel);
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: 'start' });
  }
  return show;
}
