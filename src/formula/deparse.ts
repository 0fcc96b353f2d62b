/** Expression trees back to text, spaced as R's `deparse` does: these texts become column names. */
import { doubleLabel } from '../table/number-label.js';
import type { Expression } from './expression.js';

const PLAIN_NAME = /^(?:[\p{L}]|\.(?![0-9]))[\p{L}\p{N}._]*$/u;
const RESERVED = new Set(['TRUE', 'FALSE', 'NA', 'Inf', 'NaN', 'NULL', 'if', 'else', 'for', 'while', 'repeat', 'function', 'next', 'break', 'in']);

/** A column name as it is written in a formula: in backquotes unless it is an ordinary R name. */
export function quoteName(name: string): string {
  return PLAIN_NAME.test(name) && !RESERVED.has(name) ? name : `\`${name.replace(/[\\`]/g, '\\$&')}\``;
}

/** Operators that R writes without spaces. */
const TIGHT = new Set([':', '^', '/', '%%', '%/%']);

export function deparse(node: Expression): string {
  switch (node.kind) {
    case 'number': return doubleLabel(node.value);
    case 'string': return JSON.stringify(node.value);
    case 'logical': return node.value === null ? 'NA' : node.value ? 'TRUE' : 'FALSE';
    case 'name': return quoteName(node.name);
    case 'call': return `${quoteName(node.callee)}(${node.args.map((arg) => (arg.name === null ? '' : `${quoteName(arg.name)} = `) + deparse(arg.value)).join(', ')})`;
    case 'negate': return `-${deparse(node.operand)}`;
    case 'plus': return `+${deparse(node.operand)}`;
    case 'not': return `!${deparse(node.operand)}`;
    case 'paren': return `(${deparse(node.inner)})`;
    case 'sum': return node.items.map((item, i) => (i === 0 ? '' : ` ${item.sign} `) + deparse(item.value)).join('');
    case 'binary': return TIGHT.has(node.operator)
      ? `${deparse(node.left)}${node.operator}${deparse(node.right)}`
      : `${deparse(node.left)} ${node.operator} ${deparse(node.right)}`;
    default: return node satisfies never;
  }
}
