/**
 * Whatever is wrong with files, columns, formulas or options: exit code 2 and exactly one line on stderr that names the place and helps.
 */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from './run-cli.js';

const cbpp = fileURLToPath(new URL('../../data/cbpp.csv', import.meta.url));
const CBIND = 'cbind(incidence, size - incidence) ~ period + (1 | herd)';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'glmmgpu-cli-'));
  mkdirSync(join(folder, 'folder'));
  mkdirSync(join(folder, 'earlier-run'));
  writeFileSync(join(folder, 'earlier-run', 'fit.json'), '{}');
});
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

/** Rows of a small valid table: three groups, both responses. */
const VALID = ['y,x,g', '0,1.5,a', '1,2.5,a', '0,0.5,b', '1,1.0,b', '1,3.5,c', '0,2.0,c', '1,0.1,a', '0,3.0,b'];
/** The valid table with one line replaced (0 = header). */
const withLine = (line: number, text: string): string => VALID.map((old, i) => (i === line ? text : old)).join('\n');
const valid = VALID.join('\n');
const model = ['--formula', 'y ~ x + (1 | g)', '--family', 'binomial'];

interface Case {
  readonly name: string;
  /** Text of the data file; absent: `args` name their own file. */
  readonly data?: string | Uint8Array;
  /** Arguments; `DATA` and `FOLDER` are replaced. */
  readonly args: readonly string[];
  readonly message: RegExp;
}

const fit = (name: string, data: string | Uint8Array, message: RegExp, args: readonly string[] = model): Case =>
  ({ name, data, args: ['fit', 'DATA', ...args], message });
const formula = (name: string, text: string, message: RegExp): Case => fit(name, valid, message, ['--formula', text, '--family', 'binomial']);
const option = (name: string, args: readonly string[], message: RegExp): Case => fit(name, valid, message, [...model, ...args]);

/** A response with these values, one covariate, two groups. */
const values = (name: string, y: readonly number[], [family, ...rest]: readonly [string, ...string[]], message: RegExp): Case =>
  fit(name, ['y,x,g', ...y.map((value, i) => `${value},${(i % 3) + 0.5 * i},${i % 2 === 0 ? 'a' : 'b'}`)].join('\n'), message, ['--formula', 'y ~ x + (1 | g)', '--family', family, ...rest]);

const cases: readonly Case[] = [
  // Files
  { name: 'missing file', args: ['fit', 'FOLDER/nowhere.csv', ...model], message: /cannot read '.*nowhere\.csv': there is no such file/ },
  { name: 'folder for a file', args: ['fit', 'FOLDER/folder', ...model], message: /cannot read '.*folder': it is a folder/ },
  fit('empty file', '', /empty/),
  fit('white space only', ' \n\n', /empty/),
  fit('header without rows', 'y,x,g\n', /no data rows|no rows/),
  fit('ragged row', withLine(3, '0,0.5'), /row 3\b/),
  fit('row too long', withLine(3, '0,0.5,b,7'), /row 3\b/),
  fit('duplicate header', withLine(0, 'y,x,x'), /'x'/),
  fit('unclosed quote', withLine(3, '0,"0.5,b'), /quote/),
  fit('broken Parquet', Uint8Array.of(80, 65, 82, 49, 1, 2, 3, 4, 5, 6, 7, 8), /damaged, .*not in Parquet format; write it again/),
  fit('broken Arrow', Uint8Array.of(65, 82, 82, 79, 87, 49, 0, 0, 9, 9, 9, 9, 9, 9, 9, 9), /damaged, compressed or not in Arrow format; write it again/),
  fit('not text', Uint8Array.from({ length: 400 }, (_, i) => (i * 89) % 256), /./),
  // Columns and values
  formula('unknown column', 'y ~ z + (1 | g)', /'z'/),
  formula('misspelt column', 'y ~ x + (1 | G)', /did you mean 'g'/),
  fit('text where numbers are needed', withLine(4, '1,many,b'), /'x'|x/, ['--formula', 'y ~ log(x) + (1 | g)', '--family', 'binomial']),
  fit('typed numeric but text', withLine(4, '1,many,b'), /'x'.*row 4|row 4.*'x'/, [...model, '--types', 'x=numeric']),
  fit('negative count', withLine(2, '-1,2.5,a'), /'y' is -1 in row 2; counts/, ['--formula', 'y ~ x + (1 | g)', '--family', 'poisson']),
  fit('fractional count', withLine(2, '1.5,2.5,a'), /row 2/, ['--formula', 'y ~ x + (1 | g)', '--family', 'poisson']),
  fit('number above one for a binary response', withLine(2, '2,2.5,a'), /row 2/),
  fit('fractional response without sizes', withLine(2, '0.5,2.5,a'), /row 2/),
  fit('third category', withLine(2, 'maybe,2.5,a').replaceAll(/^0,/gm, 'no,').replaceAll(/^1,/gm, 'yes,'), /'y'.*3|three|'maybe'/),
  { name: 'more successes than trials', args: ['fit', cbpp, '--formula', 'cbind(size, incidence - size) ~ period + (1 | herd)', '--family', 'binomial'], message: /row 1\b/ },
  fit('constant response', valid.replaceAll(/^0,/gm, '1,'), /'y'|constant/),
  fit('infinite value', withLine(4, '1,Inf,b'), /row 4/),
  fit('value too large for a number', withLine(4, '1,1e999,b'), /row 4/),
  fit('nothing left after missing values', valid.replaceAll(/,[\d.]+,/g, ',NA,'), /missing/),
  fit('one level', valid.replaceAll(/,[abc]$/gm, ',a'), /'?g'?.*(one|1|single)|(one|1|single).*level.*g/),
  fit('log of a negative number', withLine(4, '1,-1,b'), /row 4|log/, ['--formula', 'y ~ log(x) + (1 | g)', '--family', 'binomial']),
  // Weights, offset, subset
  fit('negative weight', `w,${VALID[0]}\n${VALID.slice(1).map((line, i) => `${i === 2 ? -1 : 1},${line}`).join('\n')}`, /'w'.*row 3|row 3.*'w'/, [...model, '--weights', 'w']),
  fit('weights of zero', `w,${VALID[0]}\n${VALID.slice(1).map((line) => `0,${line}`).join('\n')}`, /weights/, [...model, '--weights', 'w']),
  option('unknown weights', ['--weights', 'wt'], /'wt'|wt/),
  option('unknown offset', ['--offset', 'log(exposure)'], /exposure/),
  option('offset that is text', ['--offset', 'g'], /'g' holds text/),
  option('subset that keeps nothing', ['--subset', 'x > 100'], /subset/),
  option('malformed subset', ['--subset', 'x >'], /subset|x >/),
  option('a comparison with one equals sign', ['--subset', 'x = 1'], /unexpected '='.*write '==' to compare/),
  // Families
  values('zero for Gamma', [1.5, 2, 0, 3], ['Gamma'], /response 'y' is 0 in row 3; the family takes positive values: give the zeros a model of their own \(ziformula, --zi\)/),
  values('negative for Gamma', [1.5, -2, 1, 3], ['Gamma'], /response 'y' is -2 in row 2; the family takes positive values: correct the value/),
  values('negative for Gamma with a hurdle', [1.5, 0, -1, 3], ['ziGamma', '--zi', '~ 1'], /response 'y' is -1 in row 3/),
  values('zero for inverse.gaussian', [1.5, 0, 1, 3], ['inverse.gaussian'], /response 'y' is 0 in row 2.*leave the row out/),
  values('zero for beta', [0.5, 0, 0.1, 0.3], ['beta'], /response 'y' is 0 in row 2.*the ends excluded: move the ends inwards/),
  values('percentages for beta', [0.5, 45, 0.1, 0.3], ['beta'], /response 'y' is 45 in row 2.*rescale it to fractions/),
  values('fraction for nbinom2', [1, 2, 0.5, 3], ['nbinom2'], /response 'y' is 0.5 in row 3; counts are whole numbers from 0/),
  values('negative for nbinom1', [1, 2, -5, 3], ['nbinom1'], /response 'y' is -5 in row 3; counts are whole numbers from 0/),
  values('zero for a truncated count', [1, 2, 0, 3], ['truncated_nbinom2'], /response 'y' is 0 in row 3; truncated counts begin at 1: give the zeros a model of their own \(ziformula, --zi\)/),
  values('fraction for a hurdle model', [1, 2.5, 0, 3], ['truncated_poisson', '--zi', '~ 1'], /response 'y' is 2.5 in row 2; counts are whole/),
  values('single trials for betabinomial', [1, 0, 0, 1], ['betabinomial'], /'y' has one trial per row.*use family binomial/),
  values('an empty category', [1, 2, 2, 4], ['cumulative', '--types', 'y=ordered', '--levels', 'y=1|2|3|4'], /category '3' of response 'y' occurs in no row used.*drop it from the levels or join it/),
  values('a measurement as categories', Array.from({ length: 120 }, (_, i) => i / 7), ['cumulative'], /'y' has 120 different values.*group the values/),
  values('symmetric thresholds of two categories', [1, 2, 2, 1], ['cumulative', '--threshold', 'symmetric'], /symmetric thresholds need three categories or more/),
  values('misspelt thresholds', [1, 2, 3, 1], ['cumulative', '--threshold', 'symetric'], /--threshold is .*'symetric'.*did you mean 'symmetric'/),
  values('thresholds of counts', [1, 2, 3, 1], ['poisson', '--threshold', 'symmetric'], /thresholds are for ordered responses.*leave threshold out/),
  values('unknown column in the zero inflation', [0, 2, 3, 1], ['nbinom2', '--zi', '~ w'], /'w'/),
  values('unknown grouping factor in the zero inflation', [0, 2, 3, 1], ['nbinom2', '--zi', '~ 1 + (1 | G)'], /'G'.*did you mean 'g'/),
  values('malformed zero inflation', [0, 2, 3, 1], ['nbinom2', '--zi', '~ x +'], /formula of the zero inflation ends too early.*«»/),
  values('zero inflation of a family that takes none', [0.5, 2, 3, 1], ['gaussian', '--link', 'log', '--zi', '~ 1'], /family gaussian takes no zero inflation; leave it out \(ziformula, --zi\)/),
  values('unknown column in the dispersion', [0, 2, 3, 1], ['nbinom2', '--disp', '~ w'], /'w'/),
  values('random effects in the dispersion', [0, 2, 3, 1], ['nbinom2', '--disp', '~ (1 | g)'], /formula of the dispersion has a random term at character 3/),
  values('dispersion of a family without one', [0, 2, 3, 1], ['poisson', '--disp', '~ x'], /family poisson has no dispersion parameter; leave its model out \(dispformula, --disp\)/),
  values('known dispersion that is negative', [0, 2, 3, 1], ['nbinom2', '--dispersion', '-1'], /--dispersion needs a number above zero/),
  values('known dispersion that is text', [0, 2, 3, 1], ['nbinom2', '--dispersion', 'one'], /--dispersion needs a number, not 'one'/),
  values('dispersion known and modelled', [0, 2, 3, 1], ['nbinom2', '--dispersion', '1', '--disp', '~ x'], /give its value \(dispersion, --dispersion\) or its model \(dispformula, --disp\), not both/),
  values('expected information with zero inflation', [0, 2, 3, 1], ['poisson', '--zi', '~ 1', '--information', 'expected'], /zero inflation has no closed form; use information 'observed'/),
  // Names
  option('an argument by its name in R', ['--ziformula', '~ 1'], /unknown option '--ziformula' \(did you mean '--zi'\?\)/),
  option('an option in other letters', ['--nAGQ', '5'], /unknown option '--nAGQ' \(did you mean '--nagq'\?\)/),
  { name: 'the data file as an option', args: ['fit', '--data', 'DATA', ...model], message: /unknown option '--data'; the file is named without an option/ },
  option('two formulas', ['--formula', 'y ~ 1 + (1 | g)'], /--formula is given twice, as 'y ~ x \+ \(1 \| g\)' and 'y ~ 1 \+ \(1 \| g\)'; leave one out/),
  formula('a sign of a word processor', 'y ~ x – 1 + (1 | g)', /unexpected '–' at character 7 of the formula; write '-': /),
  fit('unknown family', valid, /unknown family 'binomal'.*did you mean 'binomial'/, ['--formula', 'y ~ x + (1 | g)', '--family', 'binomal']),
  fit('a family as a call in R', valid, /family 'poisson\(link = "log"\)' is written as R's call; give family poisson and link log, an option of its own/, ['--formula', 'y ~ x + (1 | g)', '--family', 'poisson(link = "log")']),
  fit('a family by another name', valid, /unknown family 'Normal'.*did you mean 'gaussian'/, ['--formula', 'y ~ x + (1 | g)', '--family', 'Normal']),
  option('unknown link', ['--link', 'probt'], /'probt'.*did you mean 'probit'/),
  option('letters in another order', ['--link', 'logti'], /'logti'.*did you mean 'logit'/),
  { name: 'required option misspelt', args: ['fit', 'FOLDER/valid.csv', '--formula', 'y ~ x + (1 | g)', '--famly', 'binomial'], message: /unknown option '--famly' \(did you mean '--family'\?\)/ },
  { name: 'unknown option', args: ['fit', 'FOLDER/valid.csv', ...model, '--famly', 'x'], message: /unknown option '--famly' \(did you mean '--family'\?\)/ },
  { name: 'unknown command', args: ['boostrap'], message: /unknown command 'boostrap' \(did you mean bootstrap\?\)/ },
  { name: 'no formula', args: ['fit', 'FOLDER/valid.csv', '--family', 'binomial'], message: /required option '--formula <formula>' not specified; add it/ },
  { name: 'no data', args: ['fit', ...model], message: /missing required argument 'data'/ },
  { name: 'two data files', args: ['fit', 'a.csv', 'b.csv', ...model], message: /too many arguments for 'fit': expected 1 argument but got 2; put values with spaces, such as formulas, in quotes/ },
  option('unknown backend', ['--backend', 'gpu'], /--backend is auto, cpu, webgpu, not 'gpu' \(did you mean 'webgpu'\?\)/),
  fit('unknown contrasts', valid, /'summ'.*did you mean 'sum'/, ['--formula', 'y ~ g + (1 | x)', '--family', 'binomial', '--contrasts', 'g=summ']),
  option('contrasts of an unknown column', ['--contrasts', 'k=sum'], /'k'/),
  option('contrasts without a value', ['--contrasts', 'g'], /--contrasts is written column=value/),
  option('unknown type', ['--types', 'x=facto'], /'facto'.*did you mean 'factor'/),
  option('type of an unknown column', ['--types', 'gg=factor'], /'gg'.*did you mean 'g'/),
  option('levels that leave out a value', ['--levels', 'g=a|b'], /'c'/),
  option('levels without a column', ['--levels', 'a|b'], /--levels is written column=level\|level/),
  option('nodes that are no number', ['--nagq', 'nine'], /--nagq needs a number, not 'nine'/),
  option('too many nodes', ['--nagq', '101'], /101/),
  { name: 'quadrature over several factors', args: ['fit', cbpp, '--formula', `${CBIND} + (1 | obs)`, '--family', 'binomial', '--nagq', '9'], message: /nAGQ = 9 needs one grouping factor.*herd, obs.*use nAGQ = 1/ },
  option('half a node', ['--nagq', '1.5'], /--nagq needs an integer/),
  option('start of the wrong length', ['--start', '0.5,0.5,0.5'], /start|theta/),
  option('start that is no number', ['--start', 'theta=big'], /--start needs a number, not 'big'/),
  // Formulas
  formula('empty formula', '', /formula/),
  formula('no response', '~ x + (1 | g)', /response/),
  formula('no random effects', 'y ~ x', /random|glm/i),
  formula('malformed formula shows the place', 'y ~ x + * z + (1 | g)', /«\*»/),
  formula('unclosed parenthesis', 'y ~ x + (1 | g', /«»|«/),
  formula('10,000 parentheses', `y ~ ${'('.repeat(10_000)}x${')'.repeat(10_000)} + (1 | g)`, /deep|nest/),
  formula('100,000 letters', `y ~ ${'x + '.repeat(25_000)}(1 | g)`, /./),
  formula('a name of 100,000 letters', `y ~ ${'x'.repeat(100_000)} + (1 | g)`, /./),
  // Output
  option('output in a folder that is not there', ['--json', 'FOLDER/none/fit.json'], /cannot write '.*fit\.json': there is no such file or folder/),
  option('output is a folder', ['--json', 'FOLDER/folder'], /cannot write '.*folder': it is a folder/),
  { name: 'output folder with another run', args: ['bootstrap', cbpp, '--formula', CBIND, '--family', 'binomial', '--out', 'FOLDER/earlier-run'], message: /already holds another run \(fit\.json\); choose another folder or add --force/ },
  { name: 'output folder inside a file', args: ['bootstrap', cbpp, '--formula', CBIND, '--family', 'binomial', '--out', `${cbpp}/run`], message: /cannot write '.*run': a part of the path is not a folder/ },
  option('output inside a file', ['--json', 'FOLDER/valid.csv/fit.json'], /cannot write '.*fit\.json': a part of the path is not a folder/),
  { name: 'output folder is a file', args: ['bootstrap', cbpp, '--formula', CBIND, '--family', 'binomial', '--out', 'FOLDER/valid.csv'], message: /cannot write '.*valid\.csv': there is a file of that name/ },
  // Bootstrap
  { name: 'no replicates', args: ['bootstrap', cbpp, '--formula', CBIND, '--family', 'binomial', '--nsim', '0'], message: /--nsim needs an integer of at least 1/ },
  { name: 'negative seed', args: ['bootstrap', cbpp, '--formula', CBIND, '--family', 'binomial', '--seed', '-1'], message: /--seed needs an integer of at least 0/ },
  { name: 'unknown interval', args: ['bootstrap', cbpp, '--formula', CBIND, '--family', 'binomial', '--ci', 'percentil'], message: /--ci is .*did you mean 'percentile'/ },
  { name: 'impossible level', args: ['bootstrap', cbpp, '--formula', CBIND, '--family', 'binomial', '--level', '95'], message: /--level is a probability/ },
];

describe('bad input', () => {
  test.concurrent.each(cases.map((one, i) => ({ ...one, i })))('$name', async ({ i, data, args, message }) => {
    const file = join(folder, `case-${i}.csv`);
    writeFileSync(file, data ?? valid);
    writeFileSync(join(folder, 'valid.csv'), valid);
    const filled = args.map((arg) => arg.replace('DATA', () => file).replace('FOLDER', () => folder));
    const { code, stdout, stderr } = await runCli(filled);
    expect(stderr).toMatch(/^glmmgpu: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr.length).toBeLessThan(1000);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
