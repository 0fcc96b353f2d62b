/** Data sets of R packages that comparisons with R share, as scripts/reference/small-sets.R types them. */
import { readFileSync } from 'node:fs';
import { readCsv } from '../../src/table/csv.js';
import type { Table } from '../../src/table/table.js';

const PATHS = {
  bacteria: 'test/fixtures/data/bacteria.csv', orthodont: 'test/fixtures/data/orthodont.csv', oats: 'test/fixtures/data/oats.csv', machines: 'test/fixtures/data/machines.csv',
  ergostool: 'test/fixtures/data/ergostool.csv', dyestuff2: 'test/fixtures/data/dyestuff2.csv', owls: 'test/fixtures/data/owls.csv', epil: 'data/epil.csv',
} as const;

const FACTORS: Partial<Record<keyof typeof PATHS, Record<string, 'factor'>>> = { machines: { Worker: 'factor' }, ergostool: { Subject: 'factor' } };

export type SmallSet = keyof typeof PATHS;

/** epil has a column `row` that numbers its rows. */
export function smallSet(name: SmallSet): Table {
  const table = readCsv(readFileSync(new URL(`../../${PATHS[name]}`, import.meta.url), 'utf8'), { types: FACTORS[name] ?? {} });
  if (name !== 'epil') return table;
  return { nrow: table.nrow, columns: new Map([...table.columns, ['row', { kind: 'numeric', values: Float64Array.from({ length: table.nrow }, (_, i) => i + 1) }]]) };
}
