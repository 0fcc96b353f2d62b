/** What shaders and host must agree on, and the habits that keep shaders portable, read from the files themselves. */
import { expect, test } from 'vitest';
import { assembleShader } from '../../src/gpu/assemble.js';
import { shaderSources } from '../../src/gpu/generated/shaders.js';
import { JOB_WORDS, SHAPE_WORDS, reduceSource } from '../../src/gpu/kernels.js';

const shaders = Object.entries(shaderSources).map(([name, text]) => ({ name, text, code: text.replace(/\/\/.*$/gm, '') }));
const kernels = shaders.filter(({ name }) => !name.startsWith('lib/'));

/** Members of a struct of which all are u32. */
function unsignedMembers(text: string, struct: string): number {
  const body = new RegExp(`struct ${struct} \\{([^}]*)\\}`).exec(text)![1]!.replace(/\/\/.*$/gm, '');
  const members = body.split(',').map((member) => member.trim()).filter((member) => member !== '');
  expect(members.every((member) => /^\w+: u32$/.test(member))).toBe(true);
  return members.length;
}

test('the uniforms have as many words as the host writes', () => {
  expect(unsignedMembers(shaderSources['lib/bindings.wgsl']!, 'Job')).toBe(JOB_WORDS);
  expect(unsignedMembers(reduceSource(1), 'Shape')).toBe(SHAPE_WORDS);
});

test.each(kernels)('$name: one entry point, workgroups of the size the host counts with, at most 8 storage buffers', ({ name, text }) => {
  expect(text.match(/@compute/g)).toHaveLength(1);
  expect(text).toContain('@workgroup_size(WORKGROUP)');
  expect(text).toMatch(/\bfn main\(/);
  const source = assembleShader(name.replace('.wgsl', ''), { imports: { family: 'family_binomial_logit' } });
  expect(source.match(/var<storage/g)!.length).toBeLessThanOrEqual(8);
});

test.each(shaders)('$name keeps the rules of docs/add-a-kernel.md', ({ text, code }) => {
  // Inside a loop such an array is not zeroed again on every adapter.
  expect(code.match(/^\s*var \w+: array<.*>;/gm)).toBeNull();
  // Comparisons that find a NaN may be optimised away.
  expect(code.match(/\b(\w+) != \1\b/g)).toBeNull();
  expect(code.match(/\b(isNan|isInf|isFinite|determinant|inverse)\(/g)).toBeNull();
  // Long decimals trip the lexer of some browsers.
  expect(code.match(/\d\.\d{10,}/g)).toBeNull();
  // A file says at its top what it is for.
  expect(text.startsWith('// ')).toBe(true);
});
