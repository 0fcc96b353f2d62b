/** Help: every command has examples, and the examples run as they are printed. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examplesOf } from '../../src/cli/examples.js';
import { createProgram } from '../../src/cli/program.js';
import { main, runCli } from './run-cli.js';

/** Words of every command that does something. */
const leaves = (command: Command, words: readonly string[]): string[][] =>
  (command.commands.length === 0 ? [[...words]] : command.commands.flatMap((own) => leaves(own, [...words, own.name()])));
const commands = leaves(createProgram(), []);

test.each([['--help'], ['fit', '--help'], ['bootstrap', '--help'], ['help', 'fit'], ['--version']])('%s', async (...args) => {
  const { code, stdout, stderr } = await runCli(args);
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(args[0] === '--version' ? /^\d+\.\d+\.\d+\n$/ : /^Usage: glmmgpu/);
});

test.each([[], ['queue']])('without a command: what there is, and exit code 2', async (...args) => {
  const { code, stdout, stderr } = await runCli(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^Usage: glmmgpu/);
  expect(stderr).toContain('Examples:');
});

test.each(commands.map((words) => [words.join(' '), words] as const))('%s has examples', (_, words) => {
  expect(examplesOf(words)).toContain(`glmmgpu ${words.join(' ')}`);
});

describe.runIf(process.platform === 'linux')('examples run', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'glmmgpu-help-'));
    cpSync(fileURLToPath(new URL('../../data', import.meta.url)), join(folder, 'data'), { recursive: true });
    const rows = ['1', '2'].flatMap((imputation) => Array.from({ length: 24 }, (_, i) => `${imputation},${i % 5},${(i * 7) % 11 + Number(imputation)},${'abcdef'[i % 6]!}`));
    writeFileSync(join(folder, 'imputed.csv'), ['.imp,x,y,g', ...rows].join('\n'));
  });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  // A queue needs a server: test/queue. Later commands use the files of earlier ones, as they do in the help.
  const local = commands.filter(([name]) => name !== 'queue').map((words) => [words.join(' '), examplesOf(words)] as const);
  test.each(local)('%s', (_, examples) => {
    // Fewer replicates: what is shown is large enough to be of use.
    const script = examples.split('Examples:')[1]!.replaceAll('--nsim 10000', '--nsim 200').replaceAll('--nsim 2000', '--nsim 200');
    const { status, stderr } = spawnSync('bash', ['-ec', `glmmgpu() { "${process.execPath}" "${main}" "$@"; }\n${script}`], { cwd: folder, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
