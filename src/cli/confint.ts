/** `glmmgpu confint`: confidence intervals of all parameters. */
import { OptionError } from '../errors.js';
import type { IntervalKind } from '../fit/types.js';
import { type ConfintMethod, type ConfintRow, confint, profileIntervals } from '../inference/confint.js';
import { chooseParameters } from '../inference/profile-parameters.js';
import { type Profile, profile } from '../inference/profile.js';
import { csvText } from '../report/csv-text.js';
import { formatConfint } from '../report/format-confint.js';
import { fitModel } from './fit-model.js';
import type { ModelOrSaved } from './options.js';
import { type StudyArguments, studyCommand } from './study-command.js';

/** What commander hands to `confint`. */
export interface ConfintArguments extends ModelOrSaved, StudyArguments {
  readonly method: ConfintMethod;
  readonly level: number;
  readonly parameters?: readonly string[];
  readonly curves?: string;
  readonly nsim: number;
  readonly seed: number;
  readonly ci: IntervalKind;
}

interface Result {
  readonly rows: readonly ConfintRow[];
  /** Of the method `profile`. */
  readonly profile: Profile | null;
}

export async function confintCommand(path: string, options: ConfintArguments): Promise<void> {
  const { method, level, parameters, curves, nsim, seed, ci } = options;
  if (curves !== undefined && method !== 'profile') throw new OptionError('--curves is for profiles; leave it out, or use --method profile');
  const fit = await fitModel(path, options);
  const chosen = parameters === undefined ? {} : { parameters };
  await studyCommand<Result>(options, {
    async run({ signal, ...where }) {
      if (method !== 'profile') {
        return { rows: await confint(fit, { method, level, kind: ci, bootstrap: { nsim, seed, ...where }, signal, ...chosen }), profile: null };
      }
      const made = await profile(fit, { level, signal, ...chosen });
      return { rows: profileIntervals(made.curves, chooseParameters(fit.design, parameters).map(({ name }) => name), level), profile: made };
    },
    text: ({ rows, profile: made }) => [formatConfint(rows), ...(made?.notes ?? [])].join('\n'),
    json: ({ rows, profile: made }) => ({ formula: fit.frame.formula, intervals: rows, profile: made }),
    rows: ({ rows }) => rows.map((row) => ({ ...row })),
    files: ({ profile: made }) => Promise.resolve(new Map(curves === undefined || made === null ? [] : [[curves, curvesCsv(made)]])),
  }, curves === undefined ? [] : [curves]);
}

function curvesCsv({ curves }: Profile): string {
  return csvText(curves.flatMap(({ parameter, value, zeta, logLik }) => Array.from(value, (own, i) => ({ parameter, value: own, zeta: zeta[i]!, logLik: logLik[i]! }))));
}
