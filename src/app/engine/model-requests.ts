/** Models: fitted, examined, compared, saved and restored. */
import { type GlmmFit, type Table, compare as compareModels, glmm, loadModel, ranefTable, saveModel } from '../../index.js';
import { auxiliaryTable } from '../../fit/auxiliary-tables.js';
import { formatPercent } from '../../report/format-intervals.js';
import { html } from '../../report/markup.js';
import { modelHeading, modelSection } from '../../report/model-sections.js';
import { examination, explainedSection, modelFacts } from '../../report/model-report.js';
import { reportedParameters } from '../../studies/reported-parameters.js';
import type { FitView, Requests } from '../messages.js';
import { noFile } from './data-requests.js';
import { type Context, forgetModel, keepModel, keptModel, session } from './session.js';

export async function fit({ formula, options, level, dataName }: Requests['fit']['ask'], { signal }: Context): Promise<FitView> {
  const begin = performance.now();
  const data = session.data ?? noFile();
  const made = await glmm(formula, data, { ...options, signal });
  return viewOf(made, level, dataName, data, (performance.now() - begin) / 1000);
}

export async function examine({ model }: Requests['examine']['ask'], { signal }: Context): Promise<string> {
  return (await examination(keptModel(model).fit, { signal })).markup;
}

export function forget({ model }: Requests['forget']['ask']): null {
  forgetModel(model);
  return null;
}

export async function compare({ models }: Requests['compare']['ask'], { signal }: Context): Promise<Requests['compare']['answer']> {
  const { rows, notes } = await compareModels(models.map((id) => keptModel(id).fit), { checkNesting: false, signal });
  return { rows, notes };
}

export function save({ model }: Requests['save']['ask']): string {
  return saveModel(keptModel(model).fit);
}

export function restore({ text, level, dataName }: Requests['restore']['ask']): FitView {
  return viewOf(loadModel(text), level, dataName, session.data, 0);
}

function viewOf(made: GlmmFit, level: number, dataName: string, data: Table | undefined, seconds: number): FitView {
  const json = made.toJSON();
  const atLevel = {
    ...json, fixed: made.coefficients(level), zi: auxiliaryTable(made, 'zi', level), disp: auxiliaryTable(made, 'dispersion', level), thresholds: auxiliaryTable(made, 'thresholds', level),
  };
  return {
    model: {
      id: keepModel(made, dataName, level, data), formula: json.formula, family: json.family, link: json.link, method: json.method, logLik: json.logLik, AIC: json.AIC, df: json.df,
      status: json.status, fixedNames: made.design.fixedNames, groups: Object.keys(json.groups), parameters: reportedParameters(made.design).names,
      refittable: made.settings.pseudo === undefined,
    },
    markup: html`${modelHeading(json)}
<p class="soft">Wald limits at ${formatPercent(level)}.</p>
${modelFacts(json)}
${modelSection(atLevel)}
${explainedSection(made)}`.markup,
    modes: ranefTable(made, level), seconds,
  };
}
