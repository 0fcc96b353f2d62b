/** Entries beyond the limits of their fields, explained beside them before anything is asked of the engine. */
import { formatCount } from '../report/format-numbers.js';
import { el } from './dom.js';

/** Whether every entry is within its limits; if not, says so beside each and goes to the first. */
export function withinLimits(form: HTMLElement): boolean {
  const inputs = [...form.querySelectorAll<HTMLInputElement>('.field input')];
  const wrong = inputs.filter((input) => input.value.trim() === '' || !input.checkValidity());
  for (const input of inputs) {
    const is = wrong.includes(input);
    input.setAttribute('aria-invalid', String(is));
    placeOf(input).textContent = is ? limitsOf(input) : '';
  }
  wrong[0]?.focus();
  return wrong.length === 0;
}

function placeOf(input: HTMLInputElement): HTMLElement {
  const id = `${input.id}-limits`;
  const there = document.getElementById(id);
  if (there !== null) return there;
  const place = el('p', { class: 'error', role: 'alert', id });
  input.after(place);
  input.setAttribute('aria-describedby', id);
  return place;
}

function limitsOf({ type, step, min, max, validity, validationMessage }: HTMLInputElement): string {
  if (validity.customError) return validationMessage;
  if (type !== 'number') return 'needed';
  const range = max === '' ? `of ${min} or more` : `from ${bound(min)} to ${bound(max)}`;
  return `${step === '1' ? 'a whole number' : 'a number'} ${range}`;
}

const bound = (text: string): string => (Number.isInteger(Number(text)) ? formatCount(Number(text)) : text);
