/** `glmmgpu power`: power, type-I error, bias and coverage by simulation. */
import { sha256 } from '../durable/identity.js';
import { OptionError } from '../errors.js';
import { formatRows } from '../report/format-rows.js';
import { formatBackend } from '../report/format-run.js';
import { powerReport } from '../report/power-report.js';
import { crossedTable } from '../studies/design-table.js';
import type { EffectDistribution } from '../studies/effect-distributions.js';
import type { PowerGrid, PowerModel, PowerTest } from '../studies/power-plan.js';
import { isReference } from '../studies/power-replicates.js';
import type { PowerStudy } from '../studies/power-rows.js';
import { type PowerSpec, powerFromResults, powerSpec, powerStudy } from '../studies/power-study.js';
import { type DurableCommand, tableReport } from './durable-command.js';
import { readData } from './fit-model.js';
import { type DurableArguments, type ModelArguments, glmmOptions, modelOptions } from './options.js';
import { packageVersion } from '../durable/version.js';

/** What commander hands to `power`. */
export interface PowerArguments extends ModelArguments, DurableArguments {
  readonly design?: string;
  readonly params?: Record<string, number>;
  readonly tested: string[];
  readonly effects?: number[];
  readonly along?: { column: string; sizes: number[] };
  readonly within?: { columns: string[]; sizes: number[] };
  readonly distributions?: EffectDistribution[];
  readonly tests?: PowerTest[];
  readonly nsim: number;
  readonly seed: number;
  readonly alpha: number;
  readonly width?: number;
}

interface Context {
  readonly formula: string;
  readonly alpha: number;
}

const HEADERS = { along: 'levels', within: 'per cell', distribution: 'random effects', rejected_low: 'low', rejected_high: 'high', bias_error: '(error)' };

export const powerCommand: DurableCommand<PowerArguments> = {
  reports: ['power.csv', 'power.json', 'report.html'],

  async prepare(path, options) {
    const { nsim, seed, alpha, width, formula } = options;
    const { model, data } = await powerModel(path, options);
    const spec = await powerSpec(model, { ...grid(options), nsim, seed, alpha, ...(width === undefined ? {} : { width }) });
    const cells = spec.plan.cells.filter((_, cell) => !isReference(spec.plan, cell)).length;
    const { tested, effects, along, within, distributions, tests, params, design } = options;
    return {
      heading: `Power of ${tested.join(', ')}: ${cells} cells of ${width === undefined ? '' : 'at most '}${nsim} replicates`,
      record: {
        study: powerStudy(spec), stage: 'replicates', data,
        options: { ...modelOptions(options), nsim, seed, width, tested, effects, along, within, distributions, tests, params, design },
        context: { formula, alpha } satisfies Context,
      },
    };
  },

  async report(spec, context, results) {
    const { formula, alpha } = context as Context;
    const study = await powerFromResults(spec as PowerSpec, alpha, results);
    const report = tableReport('power', powerText(study), { formula, ...study }, study.rows.map((row) => ({ ...row })));
    return { ...report, files: new Map([...report.files, ['report.html', await powerReport(study, formula, `glmmgpu ${packageVersion()}`)]]) };
  },
};

function powerText(study: PowerStudy): string {
  const rows = study.rows.map(({ along, within, coverage_low: _, coverage_high: __, ...row }) => ({ ...(along === null ? {} : { along }), ...(within === null ? {} : { within }), ...row }));
  return [`Power at level ${study.alpha} with exact 95 % intervals; effect 0 gives the type-I error`, '', formatRows(rows, HEADERS, 3), '', formatBackend(study.backend)].join('\n');
}

async function powerModel(path: string, options: PowerArguments): Promise<{ model: PowerModel; data: { path: string; sha256: string } }> {
  const { design, formula, params } = options;
  if ((design === undefined) === (path === '')) throw new OptionError('power needs a data file or --design, one of them');
  if (design !== undefined && params === undefined) throw new OptionError('a design without data has no estimates; state the parameters with --params');
  const { table, data } = design === undefined ? await readData(path, options) : { table: crossedTable(design), data: { path: '', sha256: sha256(design) } };
  return { model: { formula, data: table, ...glmmOptions(options), ...(params === undefined ? {} : { params }) }, data };
}

function grid({ tested, effects, along, within, distributions, tests }: PowerArguments): PowerGrid {
  return {
    tested,
    ...(effects === undefined ? {} : { effects }), ...(along === undefined ? {} : { along }), ...(within === undefined ? {} : { within }),
    ...(distributions === undefined ? {} : { distributions }), ...(tests === undefined ? {} : { tests }),
  };
}
