/** What the user is told of an engine that is silent or was replaced. */
import { button, el } from './dom.js';

export interface EngineNotice {
  readonly element: HTMLElement;
  /** Whether the engine has been silent for long. */
  silent(is: boolean): void;
  /** The engine is another one. */
  replaced(reason: string): void;
}

/** @param onRestart the user wants another engine */
export function engineNotice(onRestart: () => void): EngineNotice {
  const words = el('span', {});
  const restart = button('Restart the engine', onRestart, { hidden: true });
  const dismiss = button('Dismiss', () => { element.hidden = true; }, { hidden: true });
  const element = el('div', { class: 'panel notice row', role: 'alert', hidden: true }, words, restart, dismiss);
  const show = (text: string, canRestart: boolean): void => {
    words.textContent = text;
    element.hidden = text === '';
    restart.hidden = !canRestart;
    dismiss.hidden = canRestart;
  };
  return {
    element,
    silent(is) {
      if (is === !restart.hidden) return;
      show(is ? 'The engine has not answered for a while: a large model takes its time, or the browser ended the engine. A new one opens the table again; models that were not saved have to be fitted again.' : '', is);
    },
    replaced(reason) {
      show(`The engine stopped (${reason}) and was started again with the same table. Models fitted before can be read, but studies, comparisons and files need a new fit.`, false);
    },
  };
}
