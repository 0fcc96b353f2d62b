/** Time of one refit in float64 on one core, by tinybench. */
import { Bench } from 'tinybench';
import { CpuFitter } from '../../dist/fit/batch-cpu-fitter.js';
import { responseDrawer } from '../../dist/fit/batch-slice.js';
import { replicates } from './cases.mjs';

/** Models of one timed call: enough for the clock, few enough for a time limit. */
const CALL_MILLISECONDS = 50;

/**
 * Refits bootstrap replicates of a fitted model on the calling thread. Their responses are drawn before the clock starts, as other programs
 * get theirs; what a draw takes is measured apart. Every call takes replicates of its own, so that no sample repeats another one's work.
 */
export async function timeRefits(name, fit, milliseconds) {
  const fitter = new CpuFitter(fit.design, { ...fit.settings, standardErrors: 'none' });
  const drawer = responseDrawer(fit.design);
  let drawn = 0;
  let drawMilliseconds = 0;
  let evaluations = 0;
  let models = 0;
  const draw = (count) => {
    const begin = performance.now();
    const batch = drawer(replicates(fit, drawn, count));
    drawMilliseconds += performance.now() - begin;
    drawn += count;
    return batch;
  };
  const refit = async (batch) => {
    const chunk = await fitter.fit(batch);
    models += batch.nModels;
    for (const value of chunk.evaluations) evaluations += value;
  };
  try {
    await refit(draw(8));
    const second = draw(8);
    const begin = performance.now();
    await refit(second);
    const perCall = Math.max(1, Math.min(1024, Math.round(CALL_MILLISECONDS / ((performance.now() - begin) / 8))));
    const bench = new Bench({ time: milliseconds, iterations: 5, warmupTime: milliseconds / 5, warmupIterations: 2 });
    let next;
    // An arrow that is not `async` would be called once more, unawaited, to find out what it returns.
    bench.add(name, async () => { await refit(next); }, { beforeEach: () => { next = draw(perCall); } });
    await bench.run();
    const { result } = bench.tasks[0];
    if (result.state !== 'completed') throw new Error(`bench of ${name}: ${result.state} ${result.error?.message ?? ''}`);
    return {
      millisecondsPerFit: result.latency.mean / perCall, medianMilliseconds: result.latency.p50 / perCall,
      relativeMargin: result.latency.rme / 100, samples: result.latency.samplesCount, modelsPerSample: perCall,
      evaluationsPerFit: evaluations / models, millisecondsPerDraw: drawMilliseconds / drawn,
    };
  } finally {
    fitter.dispose();
  }
}
