/** Models saved in the browser: with their data, so that everything can go on from them. */
import type { TypeOptions } from '../table/retype.js';
import { deleteValue, storeValue, storedValues, watchStore } from './browser-store.js';
import { button, el, messageOf } from './dom.js';
import type { ModelSetup } from './setup-panel.js';

export interface SavedModel {
  /** Text of `saveModel`. */
  readonly model: Blob;
  readonly file: { readonly name: string; readonly data: Blob };
  readonly types: TypeOptions;
  readonly setup: ModelSetup;
  /** Milliseconds since 1970. */
  readonly saved: number;
}

/** Replaces a model of the same name. @throws as `storeValue` */
export function saveInBrowser(name: string, model: SavedModel): Promise<void> {
  return storeValue(name, model);
}

/** The saved models, each to be opened or deleted; empty without any. */
export function savedModels(onOpen: (model: SavedModel) => Promise<void>): { readonly element: HTMLElement; refresh(): Promise<void> } {
  const element = el('fieldset', { id: 'saved', hidden: true });
  const note = el('p', { class: 'error', role: 'alert' });
  const refresh = async (): Promise<void> => {
    // A browser in private mode may have no database: then there is nothing to offer.
    const all = [...await storedValues<SavedModel>().catch(() => new Map<string, SavedModel>())];
    element.hidden = all.length === 0;
    element.replaceChildren(el('legend', {}, 'Saved in this browser'), ...all.sort(([, a], [, b]) => b.saved - a.saved).map(([name, model]) => el('div', { class: 'row model' },
      button(name, () => { onOpen(model).catch((cause: unknown) => { note.textContent = messageOf(cause); }); }),
      el('span', { class: 'soft' }, `${model.setup.formula} · ${model.file.name} · ${new Date(model.saved).toLocaleString()}`),
      button('Delete', () => { void deleteValue(name); }, { class: 'quiet', 'aria-label': `Delete ${name}` }))), note);
  };
  watchStore(() => void refresh());
  return { element, refresh };
}
