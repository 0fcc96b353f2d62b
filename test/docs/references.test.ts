/** The documentation names what there is: pages, commands, families, dependencies, folders, fields of the JSON. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.js';
import { FAMILY_NAMES, linksOf } from '../../src/families/registry.js';
import { STATUS_NAMES } from '../../src/model/status.js';
import { runCli } from '../cli/run-cli.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`);
const readme = read('README.md');
/** What stands between backticks, code blocks left out. */
const named = (text: string): string[] => [...text.replaceAll(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map((match) => match[1]!);
/** The part of a page below a heading of second order. */
const section = (text: string, heading: string): string => text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`))!;

describe('links', () => {
  const anchor = (heading: string): string => heading.toLowerCase().replaceAll(/[^\p{L}\p{N} -]/gu, '').replaceAll(' ', '-');
  const headings = (text: string): string[] => [...text.matchAll(/^#+ (.*)$/gm)].map((match) => anchor(match[1]!));

  test.each(['README.md', 'CHANGELOG.md', ...docs])('%s', (path) => {
    for (const [, target] of read(path).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [file, place] = target!.split('#');
      const there = file === '' ? path : join(dirname(path), file!);
      expect(existsSync(join(root, there)), target).toBe(true);
      if (place !== undefined) expect(headings(read(there)), target).toContain(place);
    }
  });

  test('the README leads to every page', () => {
    for (const path of docs) expect(readme).toContain(`](${path})`);
  });
});

test('the README names every command', () => {
  const words = named(section(readme, 'On the command line'));
  for (const command of createProgram().commands) expect(words).toContain(command.name());
});

test('architecture.md gives the reason of every dependency, and of nothing else', () => {
  const manifest = JSON.parse(read('package.json')) as Record<'dependencies' | 'optionalDependencies' | 'devDependencies', Record<string, string>>;
  const all = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies });
  const rows = section(read('docs/architecture.md'), 'Dependencies').split('\n').filter((line) => line.startsWith('| `'));
  const patterns = rows.flatMap((row) => named(row.split(' | ')[0]!)).filter((name) => !name.includes(' ')).map((name) => new RegExp(`^${name.replace('*', '.*')}$`));
  for (const name of all) expect(patterns.some((pattern) => pattern.test(name)), name).toBe(true);
  for (const pattern of patterns) expect(all.some((name) => pattern.test(name)), String(pattern)).toBe(true);
});

test('architecture.md describes every folder of src', () => {
  const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => `src/${name}/`);
  const described = named(section(read('docs/architecture.md'), 'Where things are')).filter((name) => /^src\/\w+\/$/.test(name));
  expect([...new Set(described)].sort()).toEqual(folders.sort());
});

test.each(['src/index.ts', 'src/node.ts'])('every name that %s exports has a doc comment', (path) => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => ts.sys.readFile(file)) as { config: unknown };
  const program = ts.createProgram([join(root, path)], ts.parseJsonConfigFileContent(config, ts.sys, root).options);
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(join(root, path))!)!);
  const declared = exported.map((symbol) => ((symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol)));
  const bare = declared.filter((symbol) => symbol.getDocumentationComment(checker).length === 0 && symbol.getJsDocTags(checker).length === 0);
  expect(declared.length).toBeGreaterThan(5);
  expect(bare.map(({ name }) => name)).toEqual([]);
});

test('families.md lists every family with its links, the default first', () => {
  const rows = section(read('docs/families.md'), 'All families').split('\n').filter((line) => line.startsWith('| `'));
  const listed = rows.flatMap((row) => {
    const cells = row.split(' | ');
    return named(cells[0]!).map((family) => [family, named(cells[2]!)] as const);
  });
  expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(FAMILY_NAMES.map((family) => [family, linksOf(family)])));
});

describe('glossary.md', () => {
  const glossary = read('docs/glossary.md');

  test('has every status', () => {
    expect(section(glossary, 'Statuses').split('\n').filter((line) => line.startsWith('| `')).map((line) => named(line)[0])).toEqual(STATUS_NAMES);
  });

  const words = new Set(named(glossary));
  /** Names of fields at any depth; what is below `except` is named by the data. */
  const fields = (value: unknown, except: readonly string[]): string[] => (Array.isArray(value) ? fields(value[0], except)
    : typeof value !== 'object' || value === null ? [] : Object.entries(value).flatMap(([name, own]) => [name, ...(except.includes(name) ? [] : fields(own, except))]));

  test.each([
    ['fit'], ['confint'], ['emmeans', '--specs', 'period', '--differences', 'pairwise'], ['diagnose', '--starts', '3'], ['drop1'], ['anova'], ['coeftest'], ['coeftest', '--contrast', 'period2'],
    ['bootstrap', '--nsim', '50'], ['calibrate', '--nsim', '40', '--inner', '10'], ['lrt', '--nsim', '50', '--null', '~ 1 + (1 | herd)'], ['influence'],
    ['crossvalidate'], ['permute', '--nsim', '50', '--columns', 'period2'], ['power', '--nsim', '50', '--tested', 'period2'],
  ])('explains every field of the JSON of %s', async (command, ...options) => {
    const { stdout } = await runCli([
      command, join(root, 'data/cbpp.csv'), '--formula', 'cbind(incidence, size - incidence) ~ period + (1 | herd)', '--family', 'binomial', '--types', 'period=factor', ...options, '--json', '-',
    ]);
    const unknown = fields(JSON.parse(stdout), ['groups', 'ranef', 'levels', 'covariates', 'counts']).filter((name) => !words.has(name));
    expect(unknown).toEqual([]);
  });
});
