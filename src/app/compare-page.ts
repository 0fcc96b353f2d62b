/** Models of the session side by side. */
import type { ComparisonRow } from '../index.js';
import { formatFixed, formatPValues } from '../report/format-numbers.js';
import { button, checkbox, checkedValues, el, messageOf, table } from './dom.js';
import { Cancelled, type Engine } from './engine.js';
import type { ModelView } from './messages.js';
import type { ModelList } from './model-list.js';

export function comparePage(engine: Engine, models: ModelList, signal: AbortSignal): HTMLElement {
  const list = el('div', { class: 'stack', role: 'group', 'aria-label': 'Models to compare' });
  const error = el('p', { class: 'error', role: 'alert' });
  const output = el('div', { id: 'comparison' });
  const compare = async (): Promise<void> => {
    error.textContent = '';
    try {
      const { rows, notes } = await engine.ask('compare', { models: checkedValues(list).map(Number) }, { signal });
      output.replaceChildren(comparisonTable(rows), ...notes.map((note) => el('p', { class: 'soft' }, `${note}.`)));
    } catch (cause) {
      if (!(cause instanceof Cancelled)) error.textContent = messageOf(cause);
    }
  };
  models.watch(() => {
    const checked = new Set(list.childElementCount === 0 ? models.all.slice(-2).map(({ id }) => String(id)) : checkedValues(list));
    list.replaceChildren(...models.all.map((model) => modelRow(model, checked.has(String(model.id)), () => {
      models.remove(model.id);
      void engine.ask('forget', { model: model.id });
    })));
  }, signal);
  return el('div', {}, el('p', { class: 'soft' }, 'Models fitted or opened since the page was loaded. Nested models are tested by their likelihood ratio, smallest first; gaussian models by maximum likelihood.'),
    list, el('div', { class: 'row actions' }, button('Compare', () => void compare(), { class: 'primary' })), error, output);
}

function modelRow({ id, formula, family, link, method, logLik }: ModelView, checked: boolean, onForget: () => void): HTMLElement {
  const text = `${formula} · ${family}, ${link}, ${method} · log-likelihood ${logLik.toFixed(3)}`;
  return el('div', { class: 'row model' }, checkbox(text, checked, String(id)), button('Forget', onForget, { class: 'quiet', 'aria-label': `Forget ${formula}` }));
}

function comparisonTable(rows: readonly ComparisonRow[]): HTMLElement {
  const fixed = (value: number | null, digits: number): string => (value === null || Number.isNaN(value) ? '' : formatFixed(value, digits));
  const p = (pick: (row: ComparisonRow) => number | null): string[] => {
    const texts = formatPValues(rows.map((row) => pick(row) ?? NaN));
    return texts.map((text, i) => (pick(rows[i]!) === null ? '' : text));
  };
  const [chisq, chibar] = [p((row) => row.p_value), p((row) => row.p_chibar)];
  return table('Comparison', ['model', 'parameters', 'AIC', 'BIC', 'log-likelihood', 'χ²', 'df', 'p', 'p (boundary)'], rows.map((row, i) => [
    row.formula, String(row.npar), fixed(row.AIC, 2), fixed(row.BIC, 2), fixed(row.logLik, 3), fixed(row.chisq, 3), row.df === null ? '' : String(row.df), chisq[i]!, chibar[i]!,
  ]));
}
