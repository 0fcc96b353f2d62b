/** Files of a bootstrap read back by readers we did not write. */
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import Papa from 'papaparse';
import { describe, expect, test } from 'vitest';
import { intervalsCsv, jsonText } from '../../src/report/intervals-table.js';
import type { Design, RandomTerm } from '../../src/model/design.js';
import { replicateColumns } from '../../src/studies/replicate-columns.js';
import { parquetBytes } from '../../src/table/write-parquet.js';
import { cbppFit, syntheticBootstrap } from '../report/bootstrap-fixture.js';

const bootstrap = syntheticBootstrap(cbppFit, 1500);

/** As much of a design as names its parameters. */
function design(fixedNames: readonly string[], ...auxiliary: Design['auxiliary']): Design {
  const term: RandomTerm = { group: 'herd', levels: ['1', '2'], index: new Int32Array(0), names: ['(Intercept)'], z: new Float64Array(0), covariance: 'unstructured' };
  return { nobs: 0, fixedNames, x: new Float64Array(0), random: [term], family: 'binomial', link: 'logit', trials: null, weights: null, offset: null, auxiliary };
}
const herds = design(bootstrap.parameters.slice(0, 4));

describe('replicates', () => {
  test('columns in order, θ last', () => {
    expect(replicateColumns(herds, bootstrap.fit).map((column) => column.name)).toEqual([
      'replicate', 'status', 'logLik', 'evaluations', 'decrement', '(Intercept)', 'period2', 'period3', 'period4', 'sd_(Intercept)|herd', 'theta_herd.(Intercept)',
    ]);
  });
  test('taken names are numbered', () => {
    const columns = replicateColumns(design(['status', 'status', 'logLik', 'period4']), bootstrap.fit).map((column) => column.name);
    expect(columns.slice(5, 8)).toEqual(['status_2', 'status_3', 'logLik_2']);
    expect(new Set(columns).size).toBe(columns.length);
  });
  test('Parquet keeps every bit, the statuses and the metadata', async () => {
    const bytes = await parquetBytes(replicateColumns(herds, bootstrap.fit), { formula: cbppFit.formula, seed: '1' });
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
    const rows = await parquetReadObjects({ file });
    expect(rows).toHaveLength(1500);
    rows.forEach((row, i) => {
      expect(row['replicate']).toBe(i + 1);
      expect(row['period3']).toBe(bootstrap.replicates[2]![i]);
      expect(row['logLik']).toBe(bootstrap.fit.logLik[i]);
    });
    expect(rows[499]!['status']).toBe('separated');
    expect(Object.fromEntries(parquetMetadata(file).key_value_metadata!.map(({ key, value }) => [key, value]))).toMatchObject({ formula: cbppFit.formula, seed: '1' });
  });
});

describe('intervals', () => {
  test('CSV reads back to the same numbers, whatever the names', () => {
    const rows = [...bootstrap.intervals(), { ...bootstrap.intervals()[0]!, parameter: 'a,"b"\nc', bias: NaN }];
    const { data } = Papa.parse<Record<string, string>>(intervalsCsv(rows).trimEnd(), { header: true });
    expect(data).toHaveLength(rows.length);
    rows.forEach((row, i) => {
      expect(data[i]!['parameter']).toBe(row.parameter);
      expect(Number(data[i]!['conf_low'])).toBe(row.conf_low);
    });
    expect(data.at(-1)!['bias']).toBe('NA');
  });
  test('JSON is exact and has no NaN', () => {
    const value = { a: 0.1 + 0.2, b: NaN, c: Float64Array.of(1, Infinity), ['__proto__']: 1 };
    expect(JSON.parse(jsonText(value))).toEqual(JSON.parse('{"a":0.30000000000000004,"b":null,"c":[1,null],"__proto__":1}'));
  });
});
