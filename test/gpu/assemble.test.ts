/** The shader assembler, on files of its own: imports, conditions, constants, and errors that say where. */
import { expect, test } from 'vitest';
import { assembleShader } from '../../src/gpu/assemble.js';

const files = (main: string, lib: Record<string, string> = {}): Record<string, string> =>
  ({ 'main.wgsl': main, ...Object.fromEntries(Object.entries(lib).map(([name, text]) => [`lib/${name}.wgsl`, text])) });

test('constants come first, as unsigned integers', () => {
  expect(assembleShader('main', { integers: { N: 3, MARK: 0x80000000 } }, files('body'))).toBe('const N = 3u;\nconst MARK = 2147483648u;\nbody\n');
});

test('an import is taken once, where it is first asked for', () => {
  const sources = files('#import a\n#import b\nmain', { a: '#import b\na', b: 'b' });
  expect(assembleShader('main', {}, sources)).toBe('b\na\nmain\n');
});

test('an import may stand for a file that the variant names', () => {
  expect(assembleShader('main', { imports: { family: 'family_x' } }, files('#import family', { family_x: 'x' }))).toBe('x\n');
});

test.each([
  [[], 'outside\nnot A'], [['A'], 'outside\nA'], [['B'], 'outside\nnot A\nB without A'], [['A', 'B'], 'outside\nA\nA and B'],
])('conditions nest: %j', (flags, expected) => {
  const text = 'outside\n#ifdef A\nA\n  #ifdef B\nA and B\n  #endif\n#else\nnot A\n#ifdef B\nB without A\n#endif\n#endif';
  expect(assembleShader('main', { flags: new Set(flags) }, files(text))).toBe(`${expected}\n`);
});

test('#ifndef, and imports that a condition leaves out', () => {
  const sources = files('#ifndef A\n#import missing\n#endif\nmain');
  expect(assembleShader('main', { flags: new Set(['A']) }, sources)).toBe('main\n');
  expect(() => assembleShader('main', {}, sources)).toThrow("main.wgsl:2: there is no shader file 'lib/missing.wgsl'");
});

test.each([
  ['one\n#else', 'main.wgsl:2: #else without #ifdef'],
  ['#endif', 'main.wgsl:1: #endif without #ifdef'],
  ['#ifdef A\n', 'main.wgsl: #ifdef without #endif'],
  ['a\nb\n#include x', 'main.wgsl:3: unknown directive #include'],
])('%j is refused with file and line', (text, message) => {
  expect(() => assembleShader('main', {}, files(text))).toThrow(message);
});

test('a fault in an imported file names that file', () => {
  expect(() => assembleShader('main', {}, files('#import a', { a: 'x\n#endif' }))).toThrow('lib/a.wgsl:2: #endif without #ifdef');
  expect(() => assembleShader('nowhere', {}, files(''))).toThrow("shader nowhere: there is no shader file 'nowhere.wgsl'");
});
