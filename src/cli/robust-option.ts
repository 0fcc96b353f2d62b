/** `--robust` and `--cluster`: another covariance of the fixed effects, for commands that test them. */
import type { Command } from 'commander';
import { OptionError } from '../errors.js';
import type { GlmmFit } from '../fit/glmm.js';
import { robustVcov } from '../inference/robust.js';
import { parseChoice } from './option-values.js';

export interface RobustArguments {
  readonly robust?: 'CR0' | 'CR1';
  readonly cluster?: string;
}

export function addRobustOptions(command: Command): Command {
  return command
    .option('--robust <type>', 'cluster-robust covariance of the fixed effects: CR0 or CR1', (text) => parseChoice('--robust', text, ['CR0', 'CR1'] as const))
    .option('--cluster <factor>', 'with --robust: grouping factor whose levels are independent (default: the coarsest)');
}

/** The covariance that was asked for, as an option of the functions that take one, and a sentence about it. */
export async function robustCovariance(fit: GlmmFit, { robust, cluster }: RobustArguments): Promise<{ readonly options: { readonly vcov?: number[][] }; readonly note: string | null }> {
  if (robust === undefined) {
    if (cluster !== undefined) throw new OptionError('--cluster goes with --robust; add --robust CR1, or leave it out');
    return { options: {}, note: null };
  }
  const { vcov, clusters } = await robustVcov(fit, { type: robust, ...(cluster === undefined ? {} : { cluster }) });
  return { options: { vcov }, note: `Standard errors: ${robust} of ${clusters} clusters` };
}
