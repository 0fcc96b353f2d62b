/** The set-up form as a formula, and a formula as the set-up form where it can show it. */
import { deparse, quoteName } from '../formula/deparse.js';
import type { Expression, Summand } from '../formula/expression.js';
import { parseFormula } from '../formula/parse.js';
import { type BarTerm, splitPredictors } from '../formula/split-formula.js';

/** Random effects of one grouping factor. */
export interface RandomForm {
  readonly group: string;
  readonly intercept: boolean;
  readonly slopes: readonly string[];
  /** Whether the effects of a level correlate. */
  readonly correlated: boolean;
}

export interface ModelForm {
  readonly response: string;
  /** Column of the number of trials; '' where the response is a single column. */
  readonly trials: string;
  readonly intercept: boolean;
  readonly fixed: readonly string[];
  readonly interactions: readonly (readonly [string, string])[];
  /** Fixed terms that are neither a column nor an interaction of two, as they are written. */
  readonly others: readonly string[];
  readonly random: readonly RandomForm[];
}

export function formulaOf({ response, trials, intercept, fixed, interactions, others, random }: ModelForm): string {
  const left = trials === '' ? quoteName(response) : `cbind(${quoteName(response)}, ${quoteName(trials)} - ${quoteName(response)})`;
  const terms = [...fixed.map(quoteName), ...interactions.map(([a, b]) => `${quoteName(a)}:${quoteName(b)}`), ...others];
  const fixedPart = intercept ? (terms.length === 0 ? ['1'] : terms) : ['0', ...terms];
  return `${left} ~ ${[...fixedPart, ...random.filter(({ group, intercept: own, slopes }) => group !== '' && (own || slopes.length > 0)).map(barOf)].join(' + ')}`;
}

function barOf({ group, intercept, slopes, correlated }: RandomForm): string {
  return `(${[intercept ? '1' : '0', ...slopes.map(quoteName)].join(' + ')} ${correlated || slopes.length === 0 ? '|' : '||'} ${quoteName(group)})`;
}

/** The form that shows a formula; null where it has parts the form does not know, or is none. */
export function formOf(formula: string, columns: ReadonlySet<string>): ModelForm | null {
  try {
    const { text, response, predictors } = parseFormula(formula);
    const { fixed, bars } = splitPredictors(predictors, text);
    const form: ModelForm = { ...responseOf(response), ...fixedOf(fixed), random: bars.map(randomOf) };
    const used = [form.response, form.trials, ...form.fixed, ...form.interactions.flat(), ...form.random.flatMap(({ group, slopes }) => [group, ...slopes])].filter((name) => name !== '');
    return used.every((name) => columns.has(name)) ? form : null;
  } catch {
    return null;
  }
}

/** Part of a formula that the form has no place for; `formOf` turns it into null. */
function beyondTheForm(): never {
  throw new Error('the form cannot show this');
}

function nameOf(node: Expression): string {
  return node.kind === 'name' ? node.name : beyondTheForm();
}

function responseOf(node: Expression): Pick<ModelForm, 'response' | 'trials'> {
  if (node.kind === 'name') return { response: node.name, trials: '' };
  const [successes, failures] = node.kind === 'call' && node.callee === 'cbind' && node.args.length === 2 ? node.args : beyondTheForm();
  const response = nameOf(successes!.value);
  const difference = failures!.value;
  if (difference.kind !== 'sum' || difference.items.length !== 2 || difference.items[1]!.sign !== '-' || nameOf(difference.items[1]!.value) !== response) return beyondTheForm();
  return { response, trials: nameOf(difference.items[0]!.value) };
}

function fixedOf(summands: readonly Summand[]): Pick<ModelForm, 'intercept' | 'fixed' | 'interactions' | 'others'> {
  let intercept = true;
  const fixed: string[] = [];
  const interactions: [string, string][] = [];
  const others: string[] = [];
  for (const { sign, value } of summands.flatMap(flatten)) {
    if (value.kind === 'number' && (value.value === 0 || value.value === 1)) intercept = (value.value === 1) === (sign === '+');
    else if (sign === '-') beyondTheForm();
    else if (value.kind === 'name') fixed.push(value.name);
    else if (value.kind === 'binary' && (value.operator === ':' || value.operator === '*') && value.left.kind === 'name' && value.right.kind === 'name') {
      const pair: [string, string] = [value.left.name, value.right.name];
      if (value.operator === '*') fixed.push(...pair.filter((name) => !fixed.includes(name)));
      interactions.push(pair);
    } else others.push(deparse(value));
  }
  return { intercept, fixed, interactions, others };
}

function flatten(item: Summand): readonly Summand[] {
  return item.sign === '+' && item.value.kind === 'sum' ? item.value.items.flatMap(flatten) : [item];
}

function randomOf({ effects, group, uncorrelated, structure }: BarTerm): RandomForm {
  if (structure !== null) return beyondTheForm();
  const { intercept, fixed, interactions, others } = fixedOf([{ sign: '+', value: effects }]);
  return interactions.length + others.length > 0 ? beyondTheForm() : { group: nameOf(group), intercept, slopes: fixed, correlated: !uncorrelated };
}
