/** Studies by the kind of their spec: what a machine needs that was given nothing but the spec. */
import { OptionError } from '../errors.js';
import { type BootstrapSpec, bootstrapStudy } from './bootstrap-study.js';
import type { CrossValidationSpec } from './cross-validation.js';
import { type DoubleBootstrapSpec, doubleBootstrapStudy } from './double-bootstrap-study.js';
import type { InfluenceSpec } from './influence.js';
import { leaveOutStudy } from './leave-out-study.js';
import { type LrtSpec, lrtStudy } from './lrt-study.js';
import { type ManySpec, manyStudy } from './many-study.js';
import { type PermutationSpec, permutationStudy } from './permutation-study.js';
import { type PowerSpec, powerStudy } from './power-study.js';
import type { Study, StudySpec } from './study.js';

const STUDIES: Readonly<Record<string, (spec: never) => Study>> = {
  bootstrap: (spec: BootstrapSpec) => bootstrapStudy(spec),
  calibrate: (spec: DoubleBootstrapSpec) => doubleBootstrapStudy(spec),
  crossvalidate: (spec: CrossValidationSpec) => leaveOutStudy(spec),
  influence: (spec: InfluenceSpec) => leaveOutStudy(spec),
  lrt: (spec: LrtSpec) => lrtStudy(spec),
  many: (spec: ManySpec) => manyStudy(spec),
  permute: (spec: PermutationSpec) => permutationStudy(spec),
  power: (spec: PowerSpec) => powerStudy(spec),
};

/** The study of a spec. @throws OptionError for a kind that this version does not know. */
export function openStudy(spec: StudySpec): Study {
  const open = Object.hasOwn(STUDIES, spec.kind) ? STUDIES[spec.kind] : undefined;
  if (open === undefined) throw new OptionError(`unknown kind of study '${spec.kind}'; this version knows ${Object.keys(STUDIES).join(', ')}`);
  return open(spec as never);
}
