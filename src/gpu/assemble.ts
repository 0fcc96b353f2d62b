/**
 * Puts a shader together from files: `#import name` (once each, from shaders/lib), `#ifdef NAME` / `#ifndef NAME` / `#else` / `#endif`,
 * and a header of constants. No more syntax than that.
 */
import { shaderSources } from './generated/shaders.js';

/** One variant of a shader: integers (`const NAME = 3u`), flags for `#ifdef`, and what some imports stand for. */
export interface ShaderConstants {
  readonly integers?: Readonly<Record<string, number>>;
  readonly flags?: ReadonlySet<string>;
  /** Files that `#import` takes for these names, e.g. `family_beta` for `family`. */
  readonly imports?: Readonly<Record<string, string>>;
}

/** @throws Error naming file and line for an unknown import or unbalanced conditions: a fault of the program, not of its user. */
export function assembleShader(
  name: string, constants: ShaderConstants = {}, sources: Readonly<Record<string, string>> = shaderSources,
): string {
  const header = Object.entries(constants.integers ?? {}).map(([key, value]) => `const ${key} = ${value}u;`);
  const body: string[] = [];
  include(`${name}.wgsl`, `shader ${name}`, { included: new Set(), constants, sources, body });
  return [...header, ...body, ''].join('\n');
}

interface Assembly {
  readonly included: Set<string>;
  readonly constants: ShaderConstants;
  readonly sources: Readonly<Record<string, string>>;
  readonly body: string[];
}

function include(file: string, from: string, assembly: Assembly): void {
  const { included, sources, body, constants } = assembly;
  const flags = constants.flags ?? new Set<string>();
  if (included.has(file)) return;
  included.add(file);
  const text = sources[file];
  if (text === undefined) throw new Error(`${from}: there is no shader file '${file}'`);
  /** Whether the lines of each open condition are taken. */
  const open: boolean[] = [];
  text.split('\n').forEach((line, index) => {
    const where = `${file}:${index + 1}`;
    const directive = /^\s*#(\w+)\s*(\S*)\s*$/.exec(line);
    if (directive === null) {
      if (open.every(Boolean)) body.push(line);
      return;
    }
    const [, word, argument] = directive as unknown as [string, string, string];
    if (word === 'ifdef') open.push(flags.has(argument));
    else if (word === 'ifndef') open.push(!flags.has(argument));
    else if (word === 'else' || word === 'endif') {
      const last = open.pop();
      if (last === undefined) throw new Error(`${where}: #${word} without #ifdef`);
      if (word === 'else') open.push(!last);
    } else if (word === 'import') {
      if (open.every(Boolean)) include(`lib/${constants.imports?.[argument] ?? argument}.wgsl`, where, assembly);
    } else {
      throw new Error(`${where}: unknown directive #${word}`);
    }
  });
  if (open.length > 0) throw new Error(`${file}: #ifdef without #endif`);
}
