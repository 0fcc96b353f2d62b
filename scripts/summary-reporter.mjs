/**
 * Vitest reporter whose only output is the last line of the whole run: `tests: 123 passed, 0 failed, 0 skipped`.
 * With GLMMGPU_NO_SKIPS=1 a skipped test fails the run and is named: on a machine that is meant to have a WebGPU adapter, tests that
 * found none must not look like success.
 */
import { writeSync } from 'node:fs';

const STDOUT = 1;

export default class SummaryReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    const skipped = [];
    for (const module of modules) {
      // A file that could not be loaded has no tests to count, but it failed.
      if (module.errors().length > 0) counts.failed++;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        if (state === 'skipped') skipped.push(`${test.fullName}${note === undefined ? '' : ` (${note})`}`);
        counts[state === 'passed' || state === 'skipped' ? state : 'failed']++;
      }
    }
    counts.failed += unhandledErrors.length;
    const refused = process.env.GLMMGPU_NO_SKIPS === '1' && skipped.length > 0;
    if (refused) process.exitCode = 1;
    const lines = [
      ...(refused ? [`skipped tests are failures here (GLMMGPU_NO_SKIPS=1):`, ...skipped.map((name) => `  ${name}`)] : []),
      `tests: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
    ];
    // Other reporters print when the run ends, in no fixed order: the last line has to wait for the end of the process.
    process.once('exit', () => { writeSync(STDOUT, `${lines.join('\n')}\n`); });
  }
}
