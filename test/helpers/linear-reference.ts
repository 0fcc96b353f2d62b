/** Linear mixed models fitted by lme4's lmer, far beyond its default tolerance. */
import { readFileSync } from 'node:fs';
import { type ReferenceFit } from './reference.js';

export interface LinearReference extends ReferenceFit {
  readonly REML: boolean;
  readonly sigma: number;
  readonly AIC: number;
  readonly BIC: number;
  readonly df: number;
  readonly theta: { estimate: number[] };
  readonly objectiveAt: readonly { theta: number[]; value: number }[];
}

export const linearReferences = JSON.parse(readFileSync(new URL('../fixtures/fits/lmm.json', import.meta.url), 'utf8')) as LinearReference[];
