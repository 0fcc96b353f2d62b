/** What the README shows is what happens. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runCli } from './run-cli.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const blocks = (language: string): string[] => [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]!);

test('the library example runs as printed, the package importing itself by name', () => {
  const [example] = blocks('js');
  // Node resolves a bare import in --eval from the working directory, whose package.json is this package.
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', example!], { cwd: root, encoding: 'utf8' });
  expect(output).toContain('period2      -0.9923     0.3066  -3.236 0.001212 **');
  expect(output).toContain("'sd_(Intercept)|herd'");
  expect(output).toMatch(/backend: '(cpu|webgpu)'/);
});

test('the printed model is what fit prints', async () => {
  const { stdout } = await runCli([
    'fit', `${root}data/cbpp.csv`, '--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor',
  ]);
  expect(stdout).toContain(blocks('text')[0]!.trim());
});
