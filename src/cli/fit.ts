/** `glmmgpu fit`: one model, printed, and as JSON where that was asked for. */
import { jsonText } from '../report/intervals-table.js';
import { formatBackend } from '../report/format-run.js';
import { checkWritable, writeOutput } from './files.js';
import { describeFit, fitModel } from './fit-model.js';
import type { ModelArguments } from './options.js';

export async function fitCommand(path: string, options: ModelArguments): Promise<void> {
  const { json } = options;
  if (json !== undefined && json !== '-') await checkWritable(json);
  const fit = await fitModel(path, options);
  if (json === '-') {
    process.stdout.write(jsonText(fit));
    return;
  }
  process.stdout.write(`${describeFit(fit, path)}\n\n${formatBackend(fit.toJSON().backend)}\n`);
  if (json !== undefined) await writeOutput(json, jsonText(fit));
}
