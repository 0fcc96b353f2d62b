/** The programs and scripts of the documentation run as printed, with fewer replicates. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from './run-cli.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder = '';
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'glmmgpu-docs-')); });
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Code blocks of a language that hold a text. */
function blocks(page: string, language: string, text: string): string[] {
  const source = readFileSync(`${root}docs/${page}`, 'utf8');
  return [...source.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1]!).filter((block) => block.includes(text));
}

test('the program of durable-runs.md', () => {
  const program = blocks('durable-runs.md', 'js', 'openStudyFolder')[0]!.replace('nsim: 2000', 'nsim: 200').replace("'out/program'", JSON.stringify(join(folder, 'program')));
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  expect(output).toContain("'sd_(Intercept)|herd'");
  expect(readdirSync(join(folder, 'program')).sort()).toEqual(['manifest.json', 'replicates.parquet', 'study.json.gz']);
});

describe.runIf(process.platform === 'linux')('the scripts of clusters.md', () => {
  const shard = blocks('clusters.md', 'sh', '# bootstrap.sh')[0]!.replace('--nsim 1000000', '--nsim 300');

  test('ssh: hosts, one of which fails at first, and the merge', () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // A host is a folder; the network is the disk.
    const commands = {
      glmmgpu: `exec "${process.execPath}" "${main}" "$@"`,
      ssh: 'cd "$HOSTS/$1" && { [ "$1" != b ] || [ -e up ] || { touch up; exit 255; }; } && exec sh -c "$2"',
      scp: 'exec cp -r "$HOSTS/$(echo "$2" | tr : /)" "$3"',
    };
    for (const [name, text] of Object.entries(commands)) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(bin, name), 0o755);
    }
    for (const host of ['a', 'b']) {
      mkdirSync(join(folder, host, 'study', 'data'), { recursive: true });
      cpSync(`${root}data/cbpp.csv`, join(folder, host, 'study', 'data', 'cbpp.csv'));
      writeFileSync(join(folder, host, 'study', 'bootstrap.sh'), shard);
    }
    writeFileSync(join(folder, 'hosts.txt'), 'a\nb\n');
    writeFileSync(join(folder, 'all.sh'), blocks('clusters.md', 'sh', 'hosts.txt')[0]!);
    const run = () => spawnSync('bash', ['all.sh'], { cwd: folder, encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env['PATH']!}`, HOSTS: folder } });
    expect(run().status).toBe(255);
    const { status, stderr } = run();
    expect([status, stderr]).toEqual([0, '']);
    expect(readdirSync(join(folder, 'runs', 'all'))).toContain('replicates.parquet');
  });

  test.each(blocks('clusters.md', 'sh', ''))('is a script: %#', (script) => {
    expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
  });
});
