/** The commands whose studies can be kept in a folder, by the kind of the study: for reports that are made elsewhere than the study was begun. */
import { OptionError } from '../errors.js';
import type { DurableCommand } from './durable-command.js';

const COMMANDS: Readonly<Record<string, () => Promise<DurableCommand<never>>>> = {
  bootstrap: async () => (await import('./bootstrap.js')).bootstrapCommand,
  calibrate: async () => (await import('./calibrate.js')).calibrateCommand,
  crossvalidate: async () => (await import('./crossvalidate.js')).crossValidateCommand,
  influence: async () => (await import('./influence.js')).influenceCommand,
  lrt: async () => (await import('./lrt.js')).lrtCommand,
  many: async () => (await import('./many.js')).manyCommand,
  permute: async () => (await import('./permute.js')).permuteCommand,
  power: async () => (await import('./power.js')).powerCommand,
};

/** @throws OptionError for a kind that this version does not know. */
export async function durableCommand(kind: string): Promise<DurableCommand<never>> {
  const load = Object.hasOwn(COMMANDS, kind) ? COMMANDS[kind] : undefined;
  if (load === undefined) throw new OptionError(`unknown kind of study '${kind}'; this version knows ${Object.keys(COMMANDS).join(', ')}`);
  return load();
}
