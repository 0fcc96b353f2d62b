/** The set-up form as a formula, and a formula as the set-up form where it can show it. */

export interface ModelForm {
  readonly response: string;
  /** Column of the number of trials; '' where the response is a single column. */
  readonly trials: string;
  readonly fixed: readonly string[];
  readonly interactions: readonly (readonly [string, string])[];
  readonly group: string;
  readonly randomIntercept: boolean;
  readonly slopes: readonly string[];
}

/** A name as formulas write it: in backticks where it is no identifier of R. */
export function quoteName(name: string): string {
  return /^(?:[\p{L}]|\.(?!\d))[\p{L}\p{N}._]*$/u.test(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

export function formulaOf(form: ModelForm): string {
  const response = quoteName(form.response);
  const left = form.trials === '' ? response : `cbind(${response}, ${quoteName(form.trials)} - ${response})`;
  const terms = [...form.fixed.map(quoteName), ...form.interactions.map(([a, b]) => `${quoteName(a)}:${quoteName(b)}`)];
  const effects = [form.randomIntercept ? '1' : '0', ...form.slopes.map(quoteName)];
  const random = form.group === '' || (!form.randomIntercept && form.slopes.length === 0) ? [] : [`(${effects.join(' + ')} | ${quoteName(form.group)})`];
  return `${left} ~ ${[...(terms.length === 0 ? ['1'] : terms), ...random].join(' + ')}`;
}

const NAME = '(`(?:[^`\\\\]|\\\\.)+`|[\\p{L}.][\\p{L}\\p{N}._]*)';
const pattern = (source: string): RegExp => new RegExp(`^${source.replaceAll('NAME', NAME).replaceAll(' ', '\\s*')}$`, 'u');
const SIDES = /^([^~]+)~([^~]+)$/;
const COUNTS = pattern('cbind\\( NAME , NAME - NAME \\)');
const SINGLE = pattern('NAME');
const PAIR = pattern('NAME : NAME');
const RANDOM = /\(([^|()]+)\|([^|()]+)\)/g;

/** The form that shows a formula; null where it has parts the form does not know. */
export function formOf(formula: string, columns: ReadonlySet<string>): ModelForm | null {
  const [, left, right] = SIDES.exec(formula) ?? [];
  if (left === undefined || right === undefined) return null;
  const bare = (text: string): string => (text.startsWith('`') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);
  const counts = COUNTS.exec(left.trim());
  const single = SINGLE.exec(left.trim());
  if (counts === null ? single === null : counts[1] !== counts[3]) return null;

  const random = [...right.matchAll(RANDOM)];
  if (random.length > 1) return null;
  const fixed: string[] = [];
  const interactions: [string, string][] = [];
  for (const term of right.replace(RANDOM, '').split('+').map((part) => part.trim()).filter((part) => part !== '' && part !== '1')) {
    const pair = PAIR.exec(term);
    if (pair !== null) interactions.push([bare(pair[1]!), bare(pair[2]!)]);
    else if (SINGLE.test(term)) fixed.push(bare(term));
    else return null;
  }
  const effects = (random[0]?.[1] ?? '1').split('+').map((part) => part.trim());
  const slopes = effects.filter((part) => part !== '0' && part !== '1');
  const group = (random[0]?.[2] ?? '').trim();
  if (!slopes.every((part) => SINGLE.test(part)) || (group !== '' && !SINGLE.test(group))) return null;
  const form: ModelForm = {
    response: bare(counts?.[1] ?? left.trim()), trials: counts === null ? '' : bare(counts[2]!), fixed, interactions,
    group: bare(group), randomIntercept: !effects.includes('0'), slopes: slopes.map(bare),
  };
  const used = [form.response, form.trials, ...fixed, ...interactions.flat(), form.group, ...form.slopes].filter((name) => name !== '');
  return used.every((name) => columns.has(name)) ? form : null;
}
