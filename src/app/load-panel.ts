/** Choosing data: a dropped, picked or pasted table, or an example. */
import { button, el, field, messageOf } from './dom.js';
import { Cancelled } from './engine.js';
import { EXAMPLES, type Example } from './examples.js';

/** A browser holds a file of this size as bytes, as text and as columns at once. */
export const LARGEST_FILE = 200e6;

export interface LoadedFile {
  readonly name: string;
  /** What it holds; read by the engine alone, so that the page never copies it. */
  readonly data: Blob;
  readonly example?: Example;
}

/**
 * @param onFile told of every file; what it throws is shown beside the controls
 * @param saved models of this browser
 */
export function loadPanel(onFile: (file: LoadedFile) => Promise<void>, saved: HTMLElement): HTMLElement {
  const picker = el('input', { type: 'file', accept: '.csv,.tsv,.txt,.parquet,.pq,.arrow,.feather' });
  const pasted = el('textarea', { rows: 4, spellcheck: 'false', placeholder: 'herd,incidence,size' });
  const error = el('p', { class: 'error', role: 'alert' });

  const load = async (read: () => Promise<LoadedFile> | LoadedFile): Promise<void> => {
    error.textContent = '';
    try {
      const file = await read();
      const { name, data: { size } } = file;
      if (size > LARGEST_FILE) {
        throw new Error(`${name} has ${Math.round(size / 1e6)} MB; the page takes up to ${LARGEST_FILE / 1e6} MB: leave out columns, or use the command line`);
      }
      await onFile(file);
    } catch (cause) {
      // Another file was opened meanwhile.
      if (!(cause instanceof Cancelled)) error.textContent = messageOf(cause);
    }
  };
  const fromDisk = (file: File) => load(() => ({ name: file.name, data: file }));
  picker.addEventListener('change', () => {
    const [file] = picker.files ?? [];
    if (file !== undefined) void fromDisk(file);
    // The same file may be picked again after it was changed.
    picker.value = '';
  });

  const panel = el('section', { class: 'panel', id: 'load', 'aria-labelledby': 'load-title' },
    el('h2', { id: 'load-title' }, '1 · Data'),
    el('div', { id: 'load-picker' }, field('CSV, Parquet or Arrow file (or drop it here)', picker)),
    el('fieldset', {}, el('legend', {}, 'Examples'), el('div', { class: 'row' }, ...EXAMPLES.map((example) => button(example.name, () => void load(async () => (
      { name: `${example.name}.csv`, data: await (await fetch(example.url)).blob(), example })))))),
    el('details', {}, el('summary', {}, 'Paste a table'),
      field('Text with a header line, separated by commas, tabs or semicolons', pasted),
      el('p', {}, button('Use pasted table', () => void load(() => ({ name: 'pasted.csv', data: new Blob([pasted.value]) }))))),
    saved, error);
  panel.addEventListener('dragover', (event) => { event.preventDefault(); panel.classList.add('over'); });
  panel.addEventListener('dragleave', () => { panel.classList.remove('over'); });
  panel.addEventListener('drop', (event) => {
    event.preventDefault();
    panel.classList.remove('over');
    const [file] = event.dataTransfer?.files ?? [];
    if (file !== undefined) void fromDisk(file);
  });
  return panel;
}
