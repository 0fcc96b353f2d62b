/** Progress on a terminal and off it, and for programs. */
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createProgress } from '../../src/cli/progress-bar.js';

function terminal(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120, rows: 40 });
  let text = '';
  stream.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

const progress = (done: number) => ({ stage: 'refits', done, total: 10_000, rate: 12_345, secondsLeft: (10_000 - done) / 12_345 });

describe('progress', () => {
  test('count, rate and time left on a terminal; the cursor comes back', async () => {
    const { stream, text } = terminal(true);
    const bar = createProgress('bar', stream);
    bar.update(progress(0));
    // The bar redraws ten times a second.
    await new Promise((resolve) => setTimeout(resolve, 150));
    bar.update(progress(2_500));
    await new Promise((resolve) => setTimeout(resolve, 150));
    bar.update(progress(10_000));
    bar.stop();
    bar.stop();
    expect(text()).toMatch(/refits .* 25 % {2}2,500 of 10,000 {2}12,300 per second {2}0\.61 s left/);
    expect(text()).toMatch(/100 % {2}10,000 of 10,000/);
    expect(text().split('\u001b[?25l')).toHaveLength(2);
    expect(text()).toContain('\u001b[?25h');
  });
  test('nothing where stderr is no terminal', () => {
    const { stream, text } = terminal(false);
    const bar = createProgress('bar', stream);
    bar.update(progress(0));
    bar.update(progress(10_000));
    bar.stop();
    expect(text()).toBe('');
  });
  test('lines of JSON, terminal or not: start and end of each stage, and no more than one a second between', () => {
    const { stream, text } = terminal(true);
    const lines = createProgress('json', stream);
    for (const done of [0, 10, 20, 10_000, 10_000]) lines.update(progress(done));
    lines.update({ ...progress(0), stage: 'second', secondsLeft: Infinity });
    lines.stop();
    expect(text().trimEnd().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
      progress(0), progress(10_000), { ...progress(0), stage: 'second', secondsLeft: null },
    ]);
  });
  test('none is silent', () => {
    const { stream, text } = terminal(true);
    const silent = createProgress('none', stream);
    silent.update(progress(5));
    silent.stop();
    expect(text()).toBe('');
  });
});
