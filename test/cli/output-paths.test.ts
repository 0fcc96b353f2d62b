/** Results never take the place of data or of each other. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkOutputPaths } from '../../src/cli/output-paths.js';
import { OptionError } from '../../src/errors.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'glmmgpu-paths-'));
  writeFileSync(join(folder, 'data.csv'), 'a,b');
  symlinkSync(join(folder, 'data.csv'), join(folder, 'link.csv'));
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

test('the file that is read is not written, whatever name it goes by', () => {
  const data = join(folder, 'data.csv');
  for (const path of [data, join(folder, '.', 'data.csv'), join(folder, 'link.csv')]) {
    expect(() => { checkOutputPaths([data], { save: path }); }).toThrow(OptionError);
    expect(() => { checkOutputPaths([[join(folder, 'model.json')], undefined], { data: path, out: data }); }).toThrow(/^--out names '.*data\.csv', the file that is read; choose another place$/);
  }
});

test('one file, one result', () => {
  expect(() => { checkOutputPaths(['-'], { json: join(folder, 'new'), save: join(folder, 'new') }); }).toThrow(/^--save names '.*new', which --json writes as well/);
});

test('other places, standard output and devices are open to all', () => {
  checkOutputPaths([join(folder, 'data.csv')], { json: '-', csv: join(folder, 'a.csv'), save: join(folder, 'b.json'), formula: join(folder, 'data.csv') });
  checkOutputPaths(['-'], { json: '/dev/null', csv: '/dev/null' });
});
