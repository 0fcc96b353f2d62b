/** Parses a command line, runs the command, and turns every outcome into an exit code. */
import { CommanderError } from 'commander';
import { cannotWrite } from '../durable/file-error.js';
import { OptionError } from '../errors.js';
import closestName from '../names.js';
import { createProgram } from './program.js';
import { exitCodeOf, messageOf } from './failures.js';

/** Arguments after the program's name → exit code. Errors are written to stderr, one line each. */
export async function run(args: readonly string[]): Promise<number> {
  // A reader that stops early (`| head`) is no error, and must not stop a run that still has files to write.
  let lost = 0;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || lost > 0) return;
    const failure = cannotWrite('standard output', error);
    lost = exitCodeOf(failure);
    // The error comes when the command may have ended.
    process.exitCode = lost;
    process.stderr.write(`glmmgpu: ${messageOf(failure)}\n`);
  });
  // Nowhere is left to say it.
  process.stderr.on('error', () => undefined);
  const program = createProgram();
  try {
    await program.parseAsync(args, { from: 'user' });
    return lost || Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // Without a command there is nothing to do: commander has shown what there is, and a script that lost its arguments must not go on.
    if (error instanceof CommanderError && error.code === 'commander.help') return 2;
    process.stderr.write(`glmmgpu: ${messageOf(misspeltOption(args, error) ?? error)}\n`);
    if (args.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    return exitCodeOf(error);
  }
}

/** What arguments are called in R. */
const ALSO_CALLED: ReadonlyMap<string, string> = new Map([['--ziformula', '--zi'], ['--dispformula', '--disp'], ['--control', '--tolerance']]);

/** Which option was meant; a required one that is missing is often misspelt, of which commander says nothing then. */
function misspeltOption([name, ...rest]: readonly string[], error: unknown): OptionError | null {
  if (!(error instanceof CommanderError) || (error.code !== 'commander.missingMandatoryOptionValue' && error.code !== 'commander.unknownOption')) return null;
  // The program that failed has seen the options already.
  const command = createProgram().commands.find((one) => one.name() === name);
  const flag = command?.parseOptions(rest).unknown.find((text) => /^-./.test(text))?.split('=')[0];
  if (command === undefined || flag === undefined) return null;
  const names = command.options.map(({ long }) => long ?? '');
  const isFile = flag === '--data' && command.registeredArguments.length > 0;
  return new OptionError(`unknown option '${flag}'${isFile ? '; the file is named without an option' : closestName(ALSO_CALLED.get(flag) ?? flag, names)}`);
}
