/** `glmmgpu fit`: one model, printed, and as JSON where that was asked for. */
import { jsonText } from '../report/intervals-table.js';
import { formatBackend } from '../report/format-run.js';
import { checkWritable, writeOutput } from './files.js';
import { describeFit, fitModel } from './fit-model.js';
import type { FitArguments } from './options.js';
import { saveModel } from '../prediction/model-file.js';

export async function fitCommand(path: string, options: FitArguments): Promise<void> {
  const { json, save } = options;
  for (const file of [json, save]) if (file !== undefined && file !== '-') await checkWritable(file);
  const fit = await fitModel(path, options);
  if (save !== undefined) await writeOutput(save, saveModel(fit));
  if (json === '-') {
    process.stdout.write(jsonText(fit));
    return;
  }
  process.stdout.write(`${describeFit(fit)}\n\n${formatBackend(fit.toJSON().backend)}\n`);
  if (json !== undefined) await writeOutput(json, jsonText(fit));
}
