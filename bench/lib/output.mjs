/** Tables on stdout, JSON in bench/results (or the folder in GLMMGPU_RESULTS). */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the results. */
export const resultsFolder = () => process.env.GLMMGPU_RESULTS ?? fileURLToPath(new URL('../results/', import.meta.url));

export function writeResult(name, result) {
  const folder = resultsFolder();
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`written to ${file}`);
}

/** Rows of strings under a header, first column left, others right. */
export function printTable(header, rows) {
  const all = [header, ...rows].map((row) => row.map(String));
  const widths = header.map((_, j) => Math.max(...all.map((row) => row[j].length)));
  const line = (row) => row.map((cell, j) => (j === 0 ? cell.padEnd(widths[j]) : cell.padStart(widths[j]))).join('  ');
  console.log([line(all[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...all.slice(1).map(line), ''].join('\n'));
}

/** Three significant digits, no exponent for ordinary sizes. */
export function digits(value) {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en-US');
  return size < 1e-3 ? value.toExponential(1) : String(+value.toPrecision(3));
}
