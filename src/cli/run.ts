/** Parses a command line, runs the command, and turns every outcome into an exit code. */
import { CommanderError } from 'commander';
import { OptionError } from '../errors.js';
import { createProgram } from './program.js';
import { exitCodeOf, messageOf } from './failures.js';

/** Arguments after the program's name → exit code. Errors are written to stderr, one line each. */
export async function run(args: readonly string[]): Promise<number> {
  // A reader that stops early (`| head`) is no error, and must not stop a run that still has files to write.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const program = createProgram();
  try {
    if (args.length === 0) throw new OptionError('no command given; use fit, bootstrap or devices (glmmgpu --help explains them)');
    await program.parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    process.stderr.write(`glmmgpu: ${messageOf(error)}\n`);
    if (args.includes('--debug') && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    return exitCodeOf(error);
  }
}
