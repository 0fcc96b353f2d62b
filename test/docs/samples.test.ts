/** What the documentation prints is what happens: every block that begins with `$ glmmgpu` is run, every program of a page as one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../cli/run-cli.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = (name: string): string => readFileSync(`${root}docs/${name}`, 'utf8');
const blocks = (source: string, language: string): string[] => [...source.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]!);

/** Output differs from run to run where it tells of time and machine. */
const changing = /^(Fitted by|Refits|\d[\d,]* (re)?fits in )/;

/** With nine digits of long numbers: the last ones are V8's, whose elementary functions differ from version to version. */
const nineDigits = (text: string): string => text.replace(/\d+\.\d{9,}(e-?\d+)?/g, (number) => Number(number).toPrecision(9));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'glmmgpu-docs-'));
  cpSync(`${root}data`, join(folder, 'data'), { recursive: true });
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe.runIf(process.platform === 'linux').each(['families.md', 'inference.md', 'prediction.md', 'studies.md'])('%s', (name) => {
  const source = page(name);
  /** What the page says MODEL stands for. */
  const model = /`MODEL` stands for\s+(?:`|```sh\n)([^`]+?)\n?`/s.exec(source)?.[1] ?? '';
  const samples = blocks(source, 'text').filter((block) => block.startsWith('$ glmmgpu'));

  /** Command and printed lines: the command ends with the first line that does not end in a backslash. */
  function parts(sample: string): { command: string; lines: string[] } {
    const lines = sample.trimEnd().split('\n');
    const end = lines.findIndex((line) => !line.endsWith('\\'));
    return { command: lines.slice(0, end + 1).join('\n').replace('$ ', ''), lines: lines.slice(end + 1) };
  }

  // One after the other: later ones use the files of earlier ones.
  if (samples.length > 0) test('printed samples', () => {
    for (const sample of samples) {
      const { command, lines } = parts(sample);
      const script = `glmmgpu() { "${process.execPath}" "${main}" "$@"; }\n${command.replace('MODEL', model)}`;
      // Mistakes are shown as well: standard error counts.
      const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
      const output = nineDigits(stdout + stderr);
      // «…» stands for lines left out.
      const pieces = lines.filter((line) => !changing.test(line)).join('\n').split(/^…$/m).map((piece) => piece.trim()).filter((piece) => piece !== '');
      for (const piece of pieces) expect(output, command).toContain(nineDigits(piece));
    }
  });

  const program = blocks(source, 'js').join('\n');
  if (program.includes('import ')) test('its programs, as one', () => {
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: root, encoding: 'utf8' });
    for (const [, printed] of program.matchAll(/\/\/ prints (.*)$/gm)) expect(output).toContain(printed);
  });
});
