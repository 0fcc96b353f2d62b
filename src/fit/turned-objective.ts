/** An Objective in other coordinates of its parameters. */
import type { Objective } from '../objective/objective.js';
import { type ParameterBasis, turned } from './parameter-basis.js';

type Change = (basis: ParameterBasis, values: Float64Array, k: number) => Float64Array;

/** How what comes in and what goes out is turned: parameters and adjoint vectors; slopes; information matrices. */
interface Direction {
  readonly params: Change;
  readonly slopes: Change;
  readonly information: Change;
}

/** Of an objective of the parameters ψ: the same in coordinates φ. */
export const inCoordinates = (objective: Objective, basis: ParameterBasis, nFixed: number): Objective =>
  turnedObjective(objective, basis, nFixed, { params: turned.step, slopes: turned.gradient, information: turned.information });

/** Of an objective made for the conditioned design, whose parameters are φ: the same in parameters ψ. */
export const inParameters = (objective: Objective, basis: ParameterBasis, nFixed: number): Objective =>
  turnedObjective(objective, basis, nFixed, { params: turned.stepBack, slopes: turned.gradientBack, information: turned.informationBack });

function turnedObjective(objective: Objective, basis: ParameterBasis, p: number, { params: change, slopes, information }: Direction): Objective {
  const k = objective.nParams;
  // The fixed effects alone: where their mode or information given all else is asked for, thresholds must not be moved with them.
  const fixed: ParameterBasis = { blocks: basis.blocks.filter(({ at }) => at < p), shift: null };
  return {
    backend: objective.backend, capacity: objective.capacity, nParams: k, valueNoise: objective.valueNoise,
    load: (batch, from, to) => objective.load(batch, from, to),
    async evaluate(round) {
      const { count, adjoint } = round;
      const gradient = new Float64Array(count * k);
      await objective.evaluate({
        ...round, gradient, params: change(basis, round.params.subarray(0, count * k), k),
        ...(adjoint === undefined ? {} : { adjoint: change(fixed, adjoint.subarray(0, count * p), p) }),
      });
      round.gradient.set(slopes(basis, gradient, k));
    },
    async profile(round) {
      const { count } = round;
      const score = new Float64Array(count * p);
      const schur = new Float64Array(count * p * p);
      await objective.profile({ ...round, score, schur, params: change(basis, round.params.subarray(0, count * k), k) });
      round.score.set(slopes(fixed, score, p));
      round.schur.set(information(fixed, schur, p));
    },
    modes: (model) => objective.modes(model),
    dispose: () => { objective.dispose(); },
  };
}
