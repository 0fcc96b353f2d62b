/** Downloads of what the engine makes. */
import { button, download, el, messageOf } from './dom.js';
import type { Engine } from './engine.js';

/** Buttons that fetch files from the engine. */
export function fileButtons(engine: Engine, model: number, names: readonly string[]): HTMLElement {
  const note = el('p', { class: 'error', role: 'alert' });
  const fetchFile = async (name: string): Promise<void> => {
    note.textContent = '';
    try {
      download(await engine.ask('file', { model, name }));
    } catch (cause) {
      note.textContent = messageOf(cause);
    }
  };
  return el('div', {}, el('div', { class: 'row' }, ...names.map((name) => button(name, () => void fetchFile(name)))), note);
}
