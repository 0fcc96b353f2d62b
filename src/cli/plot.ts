/** `glmmgpu plot`: the figures of the report as SVG or PNG files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cannotWrite } from '../durable/file-error.js';
import { OptionError } from '../errors.js';
import { svgToPng } from '../platform/node-png.js';
import type { FigureKind } from '../report/figure-kinds.js';
import { modelPlots } from '../report/model-plot-files.js';
import type { Theme } from '../report/report-style.js';
import { openModel } from './model-commands.js';

/** What commander hands to `plot`. */
export interface PlotArguments {
  readonly out: string;
  readonly kinds?: readonly FigureKind[];
  readonly format: 'svg' | 'png';
  readonly theme: Theme;
  readonly width: number;
  readonly seed: number;
}

/** Letters of a subject that a file name keeps. */
const MAX_STEM = 60;

export async function plotCommand(path: string, options: PlotArguments): Promise<void> {
  const { out, kinds, format, theme, width, seed } = options;
  const fit = await openModel(path);
  const plots = await modelPlots(fit, { theme, seed, ...(kinds === undefined ? {} : { kinds }) });
  if (plots.length === 0) throw new OptionError(`the model has no plots of the kind ${kinds?.join(', ') ?? ''}; leave --kinds out for all it has`);
  const taken = new Set<string>();
  const written: string[] = [];
  try {
    await mkdir(out, { recursive: true });
    for (const { kind, subject, svg } of plots) {
      const file = `${fileStem(`${kind}-${subject}`, taken)}.${format}`;
      await writeFile(join(out, file), format === 'svg' ? svg : await svgToPng(svg, width));
      written.push(file);
    }
  } catch (error) {
    throw error instanceof OptionError ? error : cannotWrite(out, error);
  }
  process.stdout.write(`Written to ${out}: ${written.join(', ')}\n`);
}

/** `modes-Intercept-herd`: letters, digits and hyphens, each name once. */
function fileStem(name: string, taken: Set<string>): string {
  const stem = name.replace(/[^\p{L}\p{N}.]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, MAX_STEM);
  let own = stem;
  for (let copy = 2; taken.has(own); copy++) own = `${stem}-${copy}`;
  taken.add(own);
  return own;
}
