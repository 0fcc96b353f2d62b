/** Models: fitted, examined, compared, saved and restored. */
import { type GlmmFit, type RanefEntry, type Table, compare as compareModels, glmm, loadModel, ranefTable, saveModel } from '../../index.js';
import { auxiliaryTable } from '../../fit/auxiliary-tables.js';
import { formatCount } from '../../report/format-numbers.js';
import { formatPercent } from '../../report/format-intervals.js';
import { html } from '../../report/markup.js';
import { modelHeading, modelSection } from '../../report/model-sections.js';
import { examination, explainedSection, modelFacts } from '../../report/model-report.js';
import { reportedParameters } from '../../studies/reported-parameters.js';
import type { FitView, Requests } from '../messages.js';
import { noFile } from './data-requests.js';
import { type Context, forgetModel, keepModel, keptModel, session } from './session.js';

/** Modes that come with the fit. */
const FIRST_MODES = 50;

export async function fit({ formula, options, level, dataName }: Requests['fit']['ask'], { signal, tell }: Context): Promise<FitView> {
  const begin = performance.now();
  const data = session.data ?? noFile();
  tell({ kind: 'stage', stage: `searching for the estimates in ${formatCount(data.nrow)} rows` });
  const made = await glmm(formula, data, { ...options, signal });
  tell({ kind: 'stage', stage: 'making the tables' });
  return viewOf(made, level, dataName, data, (performance.now() - begin) / 1000);
}

export async function examine({ model }: Requests['examine']['ask'], { signal }: Context): Promise<string> {
  return (await examination(keptModel(model).fit, { signal })).markup;
}

export function modes({ model, from, to }: Requests['modes']['ask']): readonly RanefEntry[] {
  return keptModel(model).modes.slice(from, to);
}

export function forget({ model }: Requests['forget']['ask']): null {
  forgetModel(model);
  return null;
}

export async function compare({ models }: Requests['compare']['ask'], { signal }: Context): Promise<Requests['compare']['answer']> {
  const { rows, notes } = await compareModels(models.map((id) => keptModel(id).fit), { checkNesting: false, signal });
  return { rows, notes };
}

export function save({ model }: Requests['save']['ask']): Requests['save']['answer'] {
  return { model: new Blob([saveModel(keptModel(model).fit)]), data: new Blob([(session.file ?? noFile()).bytes]) };
}

export async function restore({ saved, level, dataName }: Requests['restore']['ask']): Promise<FitView> {
  return viewOf(loadModel(await saved.text()), level, dataName, session.data, 0);
}

function viewOf(made: GlmmFit, level: number, dataName: string, data: Table | undefined, seconds: number): FitView {
  const json = made.toJSON();
  const allModes = ranefTable(made, level);
  const atLevel = {
    ...json, fixed: made.coefficients(level), zi: auxiliaryTable(made, 'zi', level), disp: auxiliaryTable(made, 'dispersion', level), thresholds: auxiliaryTable(made, 'thresholds', level),
  };
  return {
    model: {
      id: keepModel({ fit: made, dataName, level, data, modes: allModes }), formula: json.formula, family: json.family, link: json.link, method: json.method, logLik: json.logLik, AIC: json.AIC, df: json.df,
      status: json.status, fixedNames: made.design.fixedNames, groups: Object.keys(json.groups), parameters: reportedParameters(made.design).names,
      refittable: made.settings.pseudo === undefined,
    },
    markup: html`${modelHeading(json)}
<p class="soft">Wald limits at ${formatPercent(level)}.</p>
${modelFacts(json)}
${modelSection(atLevel)}
${explainedSection(made)}`.markup,
    nModes: allModes.length, firstModes: allModes.slice(0, FIRST_MODES), seconds,
  };
}
