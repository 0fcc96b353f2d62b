/** The equivalent of what was done on the page for R, the command line and TypeScript. */
import type { GlmmOptions } from '../index.js';
import type { CsvDialect } from '../table/csv.js';
import type { ColumnType, TypeOptions } from '../table/retype.js';
import type { StudyKind, StudyQuestions } from './messages.js';

/** Options of a fit that the page offers. */
export interface PageOptions extends Pick<GlmmOptions, 'family' | 'link' | 'nAGQ' | 'REML' | 'fitMethod' | 'contrasts' | 'ziformula' | 'dispformula' | 'threshold' | 'control'> {
  readonly weights?: string;
  readonly offset?: string;
}

/** A study that was run. */
export type DoneStudy = { readonly [K in StudyKind]: { readonly kind: K; readonly question: StudyQuestions[K] } }[StudyKind];

export interface Analysis {
  /** Name of the data file. */
  readonly file: string;
  /** How it is written, if it is CSV. */
  readonly csv?: CsvDialect | undefined;
  readonly formula: string;
  readonly options: PageOptions;
  readonly types: TypeOptions;
  /** Of confidence intervals. */
  readonly level: number;
  readonly studies: readonly DoneStudy[];
}

const r = (text: string): string => JSON.stringify(text);
/** A word of a POSIX shell. */
const shell = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A column as a type, in R. */
const R_TYPES: Readonly<Record<ColumnType, (column: string) => string>> = {
  numeric: (column) => `as.numeric(as.character(${column}))`, factor: (column) => `factor(${column})`, ordered: (column) => `factor(${column}, ordered = TRUE)`,
  string: (column) => `as.character(${column})`, boolean: (column) => `as.logical(${column})`,
};

/** Packages of R that fit a family; glmmTMB has all others. */
const LME4: readonly string[] = ['binomial', 'poisson', 'gaussian'];
/** Names of families where glmmTMB's or its packages' differ. */
const TMB_NAMES: Readonly<Record<string, string>> = { beta: 'beta_family', 'inverse.gaussian': 'inverse.gaussian' };

/** How R reads the file, by the ending of its name. */
function rRead(file: string, csv: CsvDialect | undefined): string[] {
  const ending = /\.([^.]+)$/.exec(file.toLowerCase())?.[1] ?? '';
  if (['parquet', 'pq'].includes(ending)) return [`d <- as.data.frame(arrow::read_parquet(${r(file)}), stringsAsFactors = TRUE)`];
  if (['arrow', 'feather', 'ipc', 'arrows'].includes(ending)) return [`d <- as.data.frame(arrow::read_feather(${r(file)}), stringsAsFactors = TRUE)`];
  const dialect = csv === undefined ? [] : [...(csv.delimiter === ',' ? [] : [`sep = ${r(csv.delimiter)}`]), ...(csv.decimal === '.' ? [] : ['dec = ","']), ...(csv.skip === 0 ? [] : [`skip = ${csv.skip}`])];
  return [`d <- read.csv(${[r(file), ...dialect].join(', ')}, stringsAsFactors = TRUE, check.names = FALSE, na.strings = c("", "NA"))`];
}

function rTypes({ types = {}, levels = {} }: TypeOptions): string[] {
  return [...new Set([...Object.keys(types), ...Object.keys(levels)])].map((name) => {
    const column = `d[[${r(name)}]]`;
    const order = Object.hasOwn(levels, name) ? levels[name]! : undefined;
    if (order !== undefined) return `${column} <- factor(${column}, levels = c(${order.map(r).join(', ')})${types[name] === 'ordered' ? ', ordered = TRUE' : ''})`;
    return `${column} <- ${R_TYPES[types[name]!](column)}`;
  });
}

/** A fit in R, but for its name and formula. */
interface RFit {
  readonly library: string;
  readonly call: string;
  readonly arguments: readonly string[];
  /** What R cannot be told in the same way. */
  readonly remarks: readonly string[];
}

function rFit(options: PageOptions): RFit {
  const { family, link, nAGQ, REML, fitMethod, weights, offset, contrasts = {}, ziformula, dispformula, threshold } = options;
  const coded = Object.entries(contrasts).map(([name, contrast]) => `${/^[A-Za-z.][\w.]*$/.test(name) ? name : `\`${name}\``} = ${contrast === 'dummy' ? `contr.treatment(levels(d[[${r(name)}]]), contrasts = FALSE)` : r(`contr.${contrast}`)}`);
  const shared = [
    ...(weights === undefined ? [] : [`weights = ${weights}`]), ...(offset === undefined ? [] : [`offset = ${offset}`]), ...(coded.length === 0 ? [] : [`contrasts = list(${coded.join(', ')})`]),
  ];
  const remarks = fitMethod === undefined || fitMethod === 'likelihood' ? [] : [`# ${fitMethod} is a method of MATLAB's fitglme; this is the Laplace approximation`];
  const named = (argument: string): string[] => (link === undefined ? [] : [`${argument}${r(link)}`]);
  if (ziformula === undefined && dispformula === undefined && LME4.includes(family)) {
    if (family === 'gaussian' && link === undefined) return { library: 'lme4', call: 'lmer', arguments: [...(REML === false ? ['REML = FALSE'] : []), ...shared], remarks };
    return { library: 'lme4', call: 'glmer', arguments: [`family = ${family}(${named('link = ').join('')})`, ...(nAGQ === undefined ? [] : [`nAGQ = ${nAGQ}`]), ...shared], remarks };
  }
  if (family === 'cumulative') {
    return {
      library: 'ordinal', call: 'clmm', remarks,
      arguments: [...named('link = '), ...(threshold === undefined ? [] : [`threshold = ${r(threshold)}`]), ...(nAGQ === undefined || nAGQ === 0 ? [] : [`nAGQ = ${nAGQ}`]), ...shared],
    };
  }
  return {
    library: 'glmmTMB', call: 'glmmTMB',
    arguments: [
      `family = ${TMB_NAMES[family] ?? family}(${named('link = ').join('')})`, ...(ziformula === undefined ? [] : [`ziformula = ${oneSided(ziformula)}`]),
      ...(dispformula === undefined ? [] : [`dispformula = ${oneSided(dispformula)}`]), ...shared,
    ],
    remarks: [...remarks, ...(nAGQ === undefined ? [] : ['# glmmTMB has the Laplace approximation alone'])],
  };
}

const oneSided = (formula: string): string => (formula.startsWith('~') ? formula : `~ ${formula}`);

/** Without the digits that are beyond the precision of a sum. */
const tail = (probability: number): number => Number(probability.toPrecision(12));

function rStudy(study: DoneStudy, fit: RFit, level: number): string[] {
  const mixed = fit.library === 'lme4';
  switch (study.kind) {
    case 'bootstrap': {
      const { nsim, seed } = study.question;
      return mixed ? [`boot <- bootMer(fit, fixef, nsim = ${nsim}, seed = ${seed})`, `t(apply(boot$t, 2, quantile, c(${tail((1 - level) / 2)}, ${tail((1 + level) / 2)}), na.rm = TRUE))`]
        : fit.library === 'glmmTMB' ? [`boot <- lme4::bootMer(fit, function(m) fixef(m)$cond, nsim = ${nsim}, seed = ${seed})`] : [`# ${fit.library} has no bootstrap`];
    }
    case 'lrt': {
      const { smaller, nsim, seed } = study.question;
      const call = `fit0 <- ${fit.call}(${[smaller, 'data = d', ...fit.arguments].join(', ')})`;
      return mixed ? [call, `pbkrtest::PBmodcomp(fit, fit0, nsim = ${nsim}, seed = ${seed})`] : [call, 'anova(fit0, fit)'];
    }
    case 'power': {
      const { tested, effects, nsim, seed, alpha } = study.question;
      return mixed ? effects.flatMap((effect) => [`fit1 <- fit; simr::fixef(fit1)[${r(tested)}] <- ${effect}`, `simr::powerSim(fit1, simr::fixed(${r(tested)}, "z"), nsim = ${nsim}, seed = ${seed}, alpha = ${alpha})`]) : [`# simr has no power by simulation for ${fit.library}`];
    }
    case 'influence': {
      const { by } = study.question;
      return mixed ? [by === 'rows' ? 'cooks.distance(influence(fit, obs = TRUE))' : `cooks.distance(influence(fit, groups = ${r(by)}))`] : [`# ${fit.library} has no influence by refits`];
    }
    default: return study satisfies never;
  }
}

export function rCode({ file, csv, formula, options, types, level, studies }: Analysis): string {
  const fit = rFit(options);
  return [
    `library(${fit.library})`, ...rRead(file, csv), ...rTypes(types), ...fit.remarks, `fit <- ${fit.call}(${[formula, 'data = d', ...fit.arguments].join(', ')})`, 'summary(fit)',
    ...studies.flatMap((study) => ['', ...rStudy(study, fit, level)]),
  ].join('\n');
}

function cliModel({ file, formula, options, types }: Analysis): string[] {
  const { family, link, nAGQ, REML, fitMethod, weights, offset, contrasts, ziformula, dispformula, threshold, control } = options;
  const given = (flag: string, value: string | number | undefined): string[] => (value === undefined ? [] : [`--${flag} ${typeof value === 'number' ? value : shell(value)}`]);
  const pairs = (record: Readonly<Record<string, string>> = {}): string | undefined => Object.entries(record).map(([name, value]) => `${name}=${value}`).join(',') || undefined;
  return [
    shell(file), ...given('formula', formula), `--family ${family}`, ...given('link', link), ...given('nagq', nAGQ), ...(REML === false ? ['--no-reml'] : []), ...given('fit-method', fitMethod),
    ...given('weights', weights), ...given('offset', offset), ...given('contrasts', pairs(contrasts)), ...given('zi', ziformula), ...given('disp', dispformula), ...given('threshold', threshold),
    ...given('tolerance', control?.tolerance), ...given('max-evaluations', control?.maxEvaluations), ...given('types', pairs(types.types)),
    ...Object.entries(types.levels ?? {}).map(([name, levels]) => `--levels ${shell(`${name}=${levels.join('|')}`)}`),
  ];
}

function cliStudy(study: DoneStudy, level: number): string[] {
  switch (study.kind) {
    case 'bootstrap': return ['bootstrap', `--nsim ${study.question.nsim}`, `--seed ${study.question.seed}`, `--level ${level}`];
    case 'lrt': return ['lrt', `--null ${shell(study.question.smaller)}`, `--nsim ${study.question.nsim}`, `--seed ${study.question.seed}`];
    case 'power': {
      const { tested, effects, nsim, seed, alpha } = study.question;
      return ['power', `--tested ${shell(tested)}`, `--effects ${shell(effects.join(','))}`, '--tests z,lrt', `--nsim ${nsim}`, `--seed ${seed}`, `--alpha ${alpha}`];
    }
    case 'influence': return ['influence', `--by ${shell(study.question.by)}`];
    default: return study satisfies never;
  }
}

export function cliCode(analysis: Analysis): string {
  const model = cliModel(analysis);
  return [['fit'], ...analysis.studies.map((study) => cliStudy(study, analysis.level))]
    .map(([command, ...rest]) => [`glmmgpu ${command!} ${model[0]!}`, ...model.slice(1), ...rest].join(' \\\n  ')).join('\n\n');
}

function typescriptStudy(study: DoneStudy, formula: string, options: string, level: number): { readonly imports: readonly string[]; readonly lines: readonly string[] } {
  switch (study.kind) {
    case 'bootstrap': {
      const { nsim, seed } = study.question;
      return { imports: [], lines: [`const replicates = await fit.bootstrap({ nsim: ${nsim}, seed: ${seed} });`, `console.table(replicates.intervals({ level: ${level} }));`] };
    }
    case 'lrt': {
      const { smaller, nsim, seed } = study.question;
      return {
        imports: ['simulatedLrt'],
        lines: [`const smaller = await glmm(${JSON.stringify(smaller)}, data, ${options});`, `console.table((await simulatedLrt(smaller, fit, { nsim: ${nsim}, seed: ${seed} })).rows);`],
      };
    }
    case 'power': {
      const { tested, effects, nsim, seed, alpha } = study.question;
      const grid = `{ tested: ${JSON.stringify(tested)}, effects: ${JSON.stringify(effects)}, tests: ['z', 'lrt'], nsim: ${nsim}, seed: ${seed}, alpha: ${alpha} }`;
      return { imports: ['power'], lines: [`const study = await power({ formula: ${JSON.stringify(formula)}, data, ...${options} }, ${grid});`, 'console.table(study.rows);'] };
    }
    case 'influence': return { imports: ['influence'], lines: [`console.table((await influence(fit, { by: ${JSON.stringify(study.question.by)} })).rows);`] };
    default: return study satisfies never;
  }
}

/** A value as TypeScript; as a plain key `__proto__` would be no entry. */
const literal = (value: unknown): string => JSON.stringify(value).replaceAll('"__proto__":', '["__proto__"]:');

export function typescriptCode({ file, formula, options, types, level, studies }: Analysis): string {
  const given = literal(options);
  const parts = studies.map((study) => typescriptStudy(study, formula, given, level));
  const ending = /\.(parquet|pq|arrow|feather|ipc|arrows)$/i.exec(file)?.[1]?.toLowerCase();
  const format = ending === undefined ? 'csv' : ending === 'parquet' || ending === 'pq' ? 'parquet' : 'arrow';
  return [
    "import { readFile } from 'node:fs/promises';",
    `import { ${['glmm', 'readTable', ...parts.flatMap(({ imports }) => imports)].join(', ')} } from 'glmmgpu';`, '',
    `const data = await readTable(await readFile(${JSON.stringify(file)}), '${format}', ${literal(types)});`,
    `const fit = await glmm(${JSON.stringify(formula)}, data, ${given});`,
    'console.log(String(fit.summary()));', ...parts.flatMap(({ lines }) => ['', ...lines]),
  ].join('\n');
}
