/** The page: data, model, results and bootstrap, one panel after the other. Computing is the engine worker's. */
import type { ColumnType } from '../table/retype.js';
import { bootstrapPanel, FIRST_CHOICE } from './bootstrap-panel.js';
import { el } from './dom.js';
import { startEngine } from './engine.js';
import { type LoadedFile, loadPanel } from './load-panel.js';
import type { TableView } from './messages.js';
import { preview } from './preview.js';
import { resultsPanel } from './results-panel.js';
import { type ModelSetup, setupPanel, type SetupStart } from './setup-panel.js';

const engine = startEngine();
const work = el('div');
const error = el('p', { class: 'error', role: 'alert' });
document.querySelector('#app')!.append(loadPanel(open), error, work);

async function open({ name, bytes, example }: LoadedFile): Promise<void> {
  engine.cancel();
  error.textContent = '';
  work.replaceChildren();
  const read = await engine.ask('open', { name, bytes });
  let types: Readonly<Record<string, ColumnType>> = example?.types ?? {};
  showTable(example === undefined ? read : await engine.ask('retype', { types }), example ?? {});

  function showTable(view: TableView, start: SetupStart): void {
    const results = el('div');
    const setup = setupPanel(view, start, (model) => void run(model), () => { engine.cancel(); });
    work.replaceChildren(preview(name, view, (column, type) => void retype({ ...types, [column]: type }, setup.current())), setup.element, results);

    async function run({ formula, options, level }: ModelSetup): Promise<void> {
      setup.showError('');
      setup.setRunning(true);
      results.replaceChildren(el('p', { role: 'status' }, 'Fitting …'));
      try {
        const fitted = await engine.ask('fit', { formula, options, level });
        const panel = resultsPanel(fitted, level, { file: name, formula, options, types, ...FIRST_CHOICE });
        results.replaceChildren(panel, bootstrapPanel(engine, level, name));
        panel.focus({ preventScroll: true });
        panel.scrollIntoView({ block: 'start' });
      } catch (cause) {
        results.replaceChildren();
        setup.showError(cause instanceof Error ? cause.message : String(cause));
      } finally {
        setup.setRunning(false);
      }
    }
  }

  async function retype(wanted: typeof types, start: SetupStart): Promise<void> {
    error.textContent = '';
    try {
      const view = await engine.ask('retype', { types: wanted });
      types = wanted;
      showTable(view, start);
    } catch (cause) {
      error.textContent = cause instanceof Error ? cause.message : String(cause);
    }
  }
}
