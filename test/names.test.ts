import { describe, expect, test } from 'vitest';
import closestName from '../src/names.js';

describe('the name that was meant', () => {
  test.each([
    ['logti', ['logit', 'log', 'probit'], 'logit'],
    ['binomal', ['gaussian', 'binomial'], 'binomial'],
    ['gpu', ['auto', 'cpu', 'webgpu'], 'webgpu'],
    ['Herd', ['size', 'herd'], 'herd'],
    ['weight', ['height', 'body_weight_kg'], 'body_weight_kg'],
  ])('%s', (given, valid, meant) => {
    expect(closestName(given, valid)).toBe(` (did you mean '${meant}'?)`);
  });

  test.each([['x', ['age', 'xylophone']], ['s', ['I', 'log']], ['temperature', ['herd', 'size']], ['y'.repeat(1000), ['y']]])('no guess for %.20s', (given, valid) => {
    expect(closestName(given, valid)).toBe('');
  });
});
