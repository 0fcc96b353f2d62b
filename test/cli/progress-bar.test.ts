/** The progress bar on a terminal and off it. */
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createProgressBar } from '../../src/cli/progress-bar.js';

function terminal(isTTY: boolean): { stream: NodeJS.WriteStream; text: () => string } {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 120, rows: 40 });
  let text = '';
  stream.on('data', (chunk: Buffer) => { text += chunk.toString(); });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

const progress = (done: number) => ({ stage: 'refits', done, total: 10_000, rate: 12_345, secondsLeft: (10_000 - done) / 12_345 });

describe('progress bar', () => {
  test('count, rate and time left on a terminal; the cursor comes back', async () => {
    const { stream, text } = terminal(true);
    const bar = createProgressBar(stream);
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
    const bar = createProgressBar(stream);
    bar.update(progress(0));
    bar.update(progress(10_000));
    bar.stop();
    expect(text()).toBe('');
  });
});
