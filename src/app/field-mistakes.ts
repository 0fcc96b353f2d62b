/** Mistakes explained beside the field they are made in. */
import { el, messageOf } from './dom.js';
import { Mistake } from './engine.js';

/** Fields in which names of columns are written. */
const TEXTS: ReadonlySet<string> = new Set(['offset', 'zi', 'disp']);

/** Fields by the words that a message about them holds; the first that fits. */
const WORDS: readonly (readonly [pattern: RegExp, field: string])[] = [
  [/weight/i, 'weights'], [/offset/i, 'offset'], [/nAGQ|nodes|quadrature/i, 'nodes'], [/MPL|REML|pseudo/, 'method'], [/\blinks?\b/, 'link'], [/zero.inflation|excess zero|ziformula/i, 'zi'],
  [/disp(ersion|formula)/i, 'disp'], [/threshold/i, 'threshold'], [/tolerance/, 'tolerance'], [/maxEvaluations/, 'iterations'], [/\blevel must/, 'level'], [/response|successes|proportion|counts/i, 'response'],
];

/**
 * The field a mistake belongs to: the one it speaks of, or whose text has the name it quotes; else the formula.
 * @param texts what stands in the fields
 */
export function fieldOf({ kind, message }: Pick<Mistake, 'kind' | 'message'>, texts: Readonly<Record<string, string>>): string {
  if (kind === 'FormulaError') return 'formula';
  const quoted = /'([^']+)'/.exec(message)?.[1];
  const holder = quoted === undefined ? undefined : Object.keys(texts).find((name) => TEXTS.has(name) && texts[name]!.includes(quoted));
  return holder ?? WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? 'formula';
}

export interface FieldMistakes {
  /** Shows the message beside the field, and no other one. */
  show(field: string, message: string): void;
  /** Shows an error beside the field it belongs to. */
  explain(cause: unknown): void;
  clear(): void;
}

/** @param fields controls by the names that `fieldOf` gives */
export function fieldMistakes(fields: Readonly<Record<string, HTMLElement>>): FieldMistakes {
  const places = new Map(Object.entries(fields).map(([name, control]) => {
    const place = el('p', { class: 'error', role: 'alert', id: `mistake-${name}` });
    const label = control.closest('.field') ?? control;
    label.append(place);
    control.setAttribute('aria-describedby', [control.getAttribute('aria-describedby') ?? '', place.id].join(' ').trim());
    return [name, { control, place }];
  }));
  const clear = (): void => {
    for (const { control, place } of places.values()) {
      place.textContent = '';
      control.removeAttribute('aria-invalid');
    }
  };
  const show = (field: string, message: string): void => {
    clear();
    // A field that is not offered now cannot be corrected.
    const { control, place } = [places.get(field), places.get('formula')].find((one) => one !== undefined && one.control.closest('[hidden]') === null)!;
    place.textContent = message;
    control.setAttribute('aria-invalid', 'true');
  };
  return {
    clear, show,
    explain(cause) {
      const texts = Object.fromEntries(Object.entries(fields).map(([name, control]) => [name, (control as HTMLInputElement).value]));
      show(cause instanceof Mistake ? fieldOf(cause, texts) : 'formula', messageOf(cause));
    },
  };
}
