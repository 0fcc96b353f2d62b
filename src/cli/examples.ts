/** What a command's help shows at its end: command lines that run as they are where the package's folder `data` is. */

const CBPP = "data/cbpp.csv --formula 'cbind(incidence, size - incidence) ~ period + (1 | herd)' \\\n    --family binomial --types period=factor";
const SLEEP = "data/sleepstudy.csv --formula 'Reaction ~ Days + (1 + Days | Subject)' --family gaussian";

/** By the words of the command after the program's name; '' is the program itself. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  '': [
    `fit ${CBPP}`,
    `bootstrap ${CBPP} --nsim 10000 --seed 1 --out cbpp-bootstrap`,
    'devices',
  ],
  fit: [
    `fit ${CBPP} --save cbpp.json`,
    `fit ${SLEEP} --no-reml`,
    "fit data/salamanders.csv --formula 'count ~ mined + spp + (1 | site)' --family nbinom2 --zi '~ mined'",
    "fit data/wine.csv --formula 'rating ~ temp + contact + (1 | judge)' --family cumulative --types rating=ordered",
  ],
  summary: ['summary cbpp.json', 'summary cbpp.json --table coefficients --exponentiate'],
  report: ['report cbpp.json --out cbpp.html'],
  plot: ['plot cbpp.json --out plots', 'plot cbpp.json --kinds profiles,modes --out plots'],
  predict: ['predict cbpp.json --level 0.95', 'predict cbpp.json --population', 'predict cbpp.json --residuals pearson,deviance --out residuals.csv'],
  simulate: ['simulate cbpp.json --nsim 10 --seed 1 --out simulated.csv'],
  refit: ['simulate cbpp.json --out simulated.csv', 'refit cbpp.json --data simulated.csv --response sim_1'],
  confint: [`confint ${CBPP}`, 'confint cbpp.json --method bootstrap --nsim 1000 --parameters period2,period3'],
  compare: [
    "compare data/cbpp.csv --formula 'cbind(incidence, size - incidence) ~ 1 + (1 | herd)' \\\n    --formula 'cbind(incidence, size - incidence) ~ period + (1 | herd)' --family binomial --types period=factor",
  ],
  drop1: ["drop1 data/epil.csv --formula 'y ~ lbase * trt + lage + V4 + (1 | subject)' --family poisson"],
  anova: ['anova cbpp.json', `anova ${SLEEP}`],
  coeftest: ['coeftest cbpp.json --df residual --level 0.9', 'coeftest cbpp.json --contrast period2=1,period3=-1 --contrast period3=1,period4=-1', 'coeftest cbpp.json --robust CR1'],
  emmeans: [`emmeans ${CBPP} --specs period`, 'emmeans cbpp.json --specs period --differences pairwise --type response'],
  diagnose: ["diagnose data/toenail.csv --formula 'y ~ treatment * visit + (1 | patientID)' --family binomial", 'diagnose cbpp.json --starts 10'],
  bootstrap: [
    `bootstrap ${CBPP} --nsim 10000 --seed 1`,
    `bootstrap ${CBPP} --nsim 10000 --seed 1 --out cbpp-bootstrap --resume`,
    'bootstrap cbpp.json --nsim 2000 --method levels --ci bca,shortest --statistic "odds=exp(period2)"',
  ],
  lrt: [`lrt ${CBPP} --null '~ 1 + (1 | herd)' --nsim 1000`, `lrt ${CBPP} --null '~ 1 + (1 | herd)' --nsim 10000 --out period --resume`],
  calibrate: ['calibrate cbpp.json --nsim 200 --inner 50'],
  power: [
    "power --design 'clinic[12]; arm = a|b; size = 15' --formula 'cbind(y, size - y) ~ arm + (1 | clinic)' --family binomial \\\n    --params '(Intercept)=-1,armb=0.5,clinic.(Intercept)=0.6' --tested armb --effects 0,0.5 --along clinic=12,24 --nsim 500",
    `power ${CBPP} --tested period2 --along herd=15,30 --nsim 500`,
  ],
  influence: [`influence ${CBPP} --by herd`, 'influence cbpp.json --by rows', 'influence cbpp.json --by rows --out rows --resume'],
  crossvalidate: ['crossvalidate cbpp.json --by herd --folds 5', 'crossvalidate cbpp.json --by rows --repeats 20 --out folds --resume'],
  permute: ['permute cbpp.json --columns period2,period3,period4 --nsim 499'],
  many: ["many data/epil.csv --formula 'x ~ trt + (1 | subject)' --family poisson --responses 'y,base'", "many data/epil.csv --formula 'x ~ trt + (1 | subject)' --family poisson --responses 'y,base' --out responses --resume"],
  pool: ["pool imputed.csv --formula 'y ~ x + (1 | g)' --family gaussian --imputation .imp"],
  merge: [
    `bootstrap ${CBPP} --nsim 1000 --shard 1/2 --out shard-1`,
    `bootstrap ${CBPP} --nsim 1000 --shard 2/2 --out shard-2`,
    'merge shard-1 shard-2 --out merged',
  ],
  queue: [
    `queue submit bootstrap ${CBPP} --nsim 100000 --seed 1 --out run`,
    'queue worker --idle 60',
    'queue collect run --wait',
  ],
  'queue submit bootstrap': [`queue submit bootstrap ${CBPP} --nsim 100000 --seed 1 --out run --redis redis://127.0.0.1:6379`],
  'queue submit lrt': [`queue submit lrt ${CBPP} --null '~ 1 + (1 | herd)' --nsim 100000 --out run`],
  'queue submit calibrate': [`queue submit calibrate ${CBPP} --nsim 2000 --inner 200 --out run`],
  'queue submit permute': [`queue submit permute ${CBPP} --columns period2,period3,period4 --nsim 99999 --out run`],
  'queue submit power': [`queue submit power ${CBPP} --tested period2 --along herd=15,30,60 --nsim 10000 --out run`],
  'queue submit influence': ['queue submit influence cbpp.json --by rows --out run'],
  'queue submit crossvalidate': ['queue submit crossvalidate cbpp.json --by rows --repeats 100 --out run'],
  'queue submit many': ["queue submit many data/epil.csv --formula 'x ~ trt + (1 | subject)' --family poisson --responses 'y,base' --out run"],
  'queue worker': ['queue worker --backend cpu --idle 60'],
  'queue status': ['queue status --json -'],
  'queue collect': ['queue collect run --wait'],
  devices: ['devices', 'devices --json -'],
};

/** The examples of a command as lines below its help; empty where there are none. */
export function examplesOf(words: readonly string[]): string {
  const lines = EXAMPLES[words.join(' ')] ?? [];
  return lines.length === 0 ? '' : `\nExamples:\n${lines.map((line) => `  glmmgpu ${line}`).join('\n')}`;
}
