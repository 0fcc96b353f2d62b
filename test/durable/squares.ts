/** A study whose results are known: replicate i is (i, i², name of its parity). It counts what it computes. */
import type { StudyRecord } from '../../src/durable/manifest.js';
import type { Study } from '../../src/studies/study.js';

export interface CountedStudy extends Study {
  /** Replicates computed so far. */
  readonly computed: number[];
}

export function squares(total: number, seed = 1): CountedStudy {
  const computed: number[] = [];
  return {
    computed,
    spec: { kind: 'squares', seed, total } as Study['spec'], total,
    columns: [{ name: 'i', type: 'INT32' }, { name: 'square', type: 'DOUBLE' }, { name: 'parity', type: 'STRING' }],
    run({ from, to }) {
      const numbers = Array.from({ length: to - from }, (_, k) => from + k);
      computed.push(...numbers);
      return Promise.resolve({
        columns: [Int32Array.from(numbers), Float64Array.from(numbers, (i) => i * i + seed / 7), numbers.map((i) => (i % 2 === 0 ? 'even' : 'odd'))],
        backend: { backend: 'cpu', device: '1 thread', reason: 'there is no other', devicesLost: 0, check: null } as const,
      });
    },
  };
}

export function recordOf(study: Study, options: Record<string, unknown> = { seed: 1 }): StudyRecord {
  return { study, stage: 'squares', options, data: { path: '/data.csv', sha256: 'abc' }, context: { estimate: NaN } };
}
