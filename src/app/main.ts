/** The page: data, model and results, one panel after the other. Computing is the engine worker's. */
import type { TypeOptions } from '../table/retype.js';
import type { Analysis } from './code.js';
import { computingBar } from './computing-bar.js';
import { el, messageOf, nextFrame } from './dom.js';
import { Cancelled, startEngine } from './engine.js';
import { engineNotice } from './engine-notice.js';
import { type LoadedFile, loadPanel } from './load-panel.js';
import type { FitView, TableView } from './messages.js';
import { modelList } from './model-list.js';
import { type Preview, preview } from './preview.js';
import { resultsPanel } from './results-panel.js';
import { type SavedModel, saveInBrowser, savedModels } from './saved-models.js';
import { type ModelSetup, type SetupPanel, setupPanel } from './setup-panel.js';

const notice = engineNotice(() => { engine.restart(); });
const engine = startEngine({
  onSilence: (silent) => { notice.silent(silent); },
  onRestart: (reason) => {
    models.clear();
    notice.replaced(reason);
    void reopen();
  },
});
const computing = computingBar(engine);
const models = modelList();
const saved = savedModels(openSaved);
const work = el('div', { class: 'work' });
/** Ends with the table: what was asked of another one is not shown. */
let table = new AbortController();
/** Gives the table to an engine that is new. */
let reopen = (): Promise<void> => Promise.resolve();

document.querySelector('#app')!.append(computing.element, notice.element, loadPanel(open, saved.element), work);
void saved.refresh();
if (import.meta.env.PROD && 'serviceWorker' in navigator) void navigator.serviceWorker.register('./service-worker.js').catch(() => undefined);

async function open({ name, data, example }: LoadedFile): Promise<void> {
  await openTable({ name, data }, example === undefined ? {} : { types: example.types }, example === undefined ? {} : { formula: example.formula, options: { family: example.family } });
}

async function openSaved({ file, types, setup, model }: SavedModel): Promise<void> {
  const show = await openTable(file, types, setup);
  show(await engine.ask('restore', { saved: model, level: setup.level, dataName: file.name }, { signal: table.signal }), setup);
}

/** Shows a table with a form for its model; returns what shows a model of it. */
async function openTable(file: SavedModel['file'], firstTypes: TypeOptions, start: Partial<ModelSetup>): Promise<(view: FitView, setup: ModelSetup) => void> {
  table.abort();
  const { signal } = table = new AbortController();
  work.replaceChildren();
  let types = firstTypes;
  /** With what is still being read: a second change does not undo the first. */
  let wanted = firstTypes;
  const top = el('div', { class: 'top' });
  const results = el('div', { class: 'results' });
  let setup: SetupPanel;
  let columns: Preview;
  let fitting = new AbortController();
  signal.addEventListener('abort', () => { fitting.abort(); });
  const opened = await engine.ask('open', { ...file, types }, { signal });
  work.replaceChildren(top, results);
  await showTable(opened, start);
  reopen = async () => {
    try {
      await showTable(await engine.ask('open', { ...file, types }, { signal }), setup.current());
    } catch (cause) {
      if (!(cause instanceof Cancelled)) notice.replaced(messageOf(cause));
    }
  };

  async function showTable(view: TableView, from: Partial<ModelSetup>): Promise<void> {
    const shown = preview(file.name, view, (column, type) => {
      // Another type has its own order of levels.
      const { [column]: _, ...levels } = wanted.levels ?? {};
      void retype({ types: { ...wanted.types, [column]: type }, levels }, column);
    });
    if (top.childElementCount === 0) top.append(shown.element);
    // The form of a table of many columns is work enough for a frame of its own.
    await nextFrame();
    if (signal.aborted) throw new Cancelled('another table was opened');
    setup = setupPanel(engine, view, from, {
      onRun: (model) => void run(model),
      onCancel: () => { fitting.abort(); },
      onLevels: (column, levels) => void retype({ ...wanted, levels: { ...wanted.levels, [column]: levels } }, column),
    });
    top.replaceChildren(shown.element, setup.element);
    columns = shown;
  }

  /** Reads the table again with other types; where that cannot be, the old ones stay. */
  async function retype(asked: TypeOptions, changed: string): Promise<void> {
    wanted = asked;
    const focused = document.activeElement?.id ?? '';
    try {
      const view = await engine.ask('retype', asked, { signal });
      types = asked;
      await showTable(view, setup.current());
    } catch (cause) {
      if (cause instanceof Cancelled) return;
      wanted = types;
      columns.showMistake(changed, messageOf(cause));
    }
    document.getElementById(focused)?.focus({ preventScroll: true });
  }

  async function run(model: ModelSetup): Promise<void> {
    fitting.abort();
    const mine = fitting = new AbortController();
    const form = setup;
    form.showStage('Fitting …');
    try {
      const view = await engine.ask('fit', { ...model, dataName: file.name }, { signal: mine.signal, onStage: (stage) => { form.showStage(`Fitting: ${stage} …`); } });
      show(view, model);
    } catch (cause) {
      form.showMistake(cause);
    } finally {
      if (mine === fitting) form.showStage('');
    }
  }

  function show(view: FitView, model: ModelSetup): void {
    models.add(view.model);
    const analysis: Analysis = { file: file.name, csv: opened.csv, types, formula: model.formula, options: model.options, level: model.level, studies: [] };
    const own = types;
    const panel = resultsPanel(engine, view, analysis, computing, models, {
      signal: fitting.signal,
      async onSave(name) {
        const { model: bytes, data } = await engine.ask('save', { model: view.model.id });
        await saveInBrowser(name, { model: bytes, file: { name: file.name, data }, types: own, setup: model, saved: Date.now() });
      },
    });
    results.replaceChildren(panel);
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: 'start' });
  }
  return show;
}
