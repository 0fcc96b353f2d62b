/** Values of options: text from the shell into numbers, lists and records. All throw OptionError that names the option. */
import type { Shard } from '../durable/manifest.js';
import { OptionError } from '../errors.js';
import closestName from '../names.js';

/** A finite number. */
export function parseNumber(option: string, text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (!Number.isFinite(value)) throw new OptionError(`${option} needs a number, not '${text}'`);
  return value;
}

/** A number above zero. */
export function parsePositive(option: string, text: string): number {
  const value = parseNumber(option, text);
  if (value <= 0) throw new OptionError(`${option} needs a number above zero, not '${text}'`);
  return value;
}

/** An integer of at least `least`. */
export function parseCount(option: string, text: string, least: number): number {
  const value = parseNumber(option, text);
  if (!Number.isSafeInteger(value) || value < least) throw new OptionError(`${option} needs an integer of at least ${least}, not '${text}'`);
  return value;
}

/** A confidence level. */
export function parseLevel(text: string): number {
  const level = parseNumber('--level', text);
  if (level < 0.5 || level > 0.9999) throw new OptionError(`--level is a probability from 0.5 to 0.9999, not '${text}'`);
  return level;
}

/** One of a few names. */
export function parseChoice<Name extends string>(option: string, text: string, valid: readonly Name[]): Name {
  const found = valid.find((name) => name === text);
  if (found === undefined) throw new OptionError(`${option} is ${valid.join(', ')}, not '${text}'${closestName(text, valid)}`);
  return found;
}

/** Names separated by commas, without repetition. */
export function parseChoices<Name extends string>(option: string, text: string, valid: readonly Name[]): Name[] {
  return [...new Set(text.split(',').map((name) => parseChoice(option, name.trim(), valid)))];
}

/**
 * `name=word,name=word`. The words have no commas or equals signs, so that column names may: `a,b=factor` is one pair.
 * The result has own properties only, also for a column called `__proto__`.
 */
export function parsePairs(option: string, text: string): Record<string, string> {
  const pairs: [string, string][] = [];
  const pattern = /\s*(\S.*?)\s*=\s*([^=,\s]+)\s*(?:,|$)/sy;
  let end = 0;
  while (end < text.length) {
    pattern.lastIndex = end;
    const match = pattern.exec(text);
    if (match === null) throw new OptionError(`${option} is written column=value,column=value, not '${text}'`);
    pairs.push([match[1]!, match[2]!]);
    end = pattern.lastIndex;
  }
  if (pairs.length === 0) throw new OptionError(`${option} is written column=value,column=value`);
  return Object.fromEntries(pairs);
}

/** `name=level|level|level`; the name ends at the first equals sign. */
export function parseLevels(option: string, text: string): [string, string[]] {
  const at = text.indexOf('=');
  if (at < 1) throw new OptionError(`${option} is written column=level|level, not '${text}'`);
  return [text.slice(0, at), text.slice(at + 1).split('|')];
}

/** `3/50`: the third of fifty shards. */
export function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text.trim());
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (!(index >= 1 && index <= of && Number.isSafeInteger(of))) throw new OptionError(`--shard is written i/n with i from 1 to n, not '${text}'`);
  return { index, of };
}

/** `0.6,0.1` (θ) or `theta=0.6,0.1;fixef=-1,0.5`. */
export function parseStart(option: string, text: string): { fixef?: number[]; theta?: number[] } {
  const numbers = (list: string): number[] => list.split(',').map((item) => parseNumber(option, item));
  if (!text.includes('=')) return { theta: numbers(text) };
  const start: { fixef?: number[]; theta?: number[] } = {};
  for (const part of text.split(';')) {
    const at = part.indexOf('=');
    const name = parseChoice(option, part.slice(0, Math.max(at, 0)).trim(), ['theta', 'fixef'] as const);
    if (start[name] !== undefined) throw new OptionError(`${option} gives ${name} twice`);
    start[name] = numbers(part.slice(at + 1));
  }
  return start;
}
