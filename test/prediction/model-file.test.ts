import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { glmm } from '../../src/fit/glmm.js';
import { loadModel, saveModel } from '../../src/prediction/model-file.js';
import { decode, encode } from '../../src/plain-json.js';
import { predict } from '../../src/prediction/predict.js';
import { readCsv } from '../../src/table/csv.js';

const cbpp = readCsv(readFileSync(new URL('../../data/cbpp.csv', import.meta.url), 'utf8'), { types: { period: 'factor' } });
const fit = await glmm('cbind(incidence, size - incidence) ~ period + poly(obs, 2) + (1 | herd)', cbpp, { family: 'binomial' });

test('a loaded model is the saved one, with all its methods', async () => {
  const loaded = loadModel(saveModel(fit));
  expect(loaded.toJSON()).toEqual(fit.toJSON());
  expect(String(loaded.summary())).toBe(String(fit.summary()));
  const fresh = { data: { period: ['1', '3'], obs: [1, 2], herd: ['1', '2'] } };
  expect(predict(loaded, fresh).fit).toEqual(predict(fit, fresh).fit);
  expect(loaded.simulate({ seed: 3 })).toEqual(fit.simulate({ seed: 3 }));
  const y = fit.simulate({ seed: 4 })[0]!;
  expect((await loaded.refit(y)).logLik).toBe((await fit.refit(y)).logLik);
});

test('files of another version and damaged files say so', () => {
  const text = saveModel(fit);
  expect(() => loadModel(text.replace('"version":1', '"version":7'))).toThrow(/version 7, this program reads version 1/);
  expect(() => loadModel('{"a": 1}')).toThrow(/no file of a glmmgpu model/);
  expect(() => loadModel('null')).toThrow(/no file of a glmmgpu model/);
  expect(() => loadModel('y,x\n1,2\n')).toThrow(/damaged or no model file/);
  expect(() => loadModel(text.slice(0, -200))).toThrow(/damaged or no model file/);
  const file = JSON.parse(text) as { solution: Record<string, unknown> };
  delete file.solution.modes;
  expect(() => loadModel(JSON.stringify(file))).toThrow(/parts of it are missing/);
});

test('plain data come back as they were', () => {
  fc.assert(fc.property(fc.anything({
    withTypedArray: false, withBigInt: false, withDate: false, withMap: false, withSet: false, withSparseArray: false,
    values: [fc.double(), fc.string(), fc.boolean(), fc.constant(null), fc.float64Array(), fc.int32Array()], key: fc.oneof(fc.string(), fc.constantFrom('$array', '$number', '$$', 'data')),
  }), (value) => {
    expect(decode(encode(value ?? null))).toEqual(value ?? null);
  }));
});
