/** Text about a batch: intervals, statuses, device, speed. */
import { describe, expect, test } from 'vitest';
import type { IntervalRow } from '../../src/fit/types.js';
import { formatIntervals, formatPercent } from '../../src/report/format-intervals.js';
import { chooseDevice, formatDevices } from '../../src/report/format-devices.js';
import { formatBackend, formatSpeed, formatStatusCounts } from '../../src/report/format-run.js';

const row = (parameter: string, kind: IntervalRow['kind'], estimate: number, low: number, high: number): IntervalRow => ({
  parameter, kind, estimate, bias: -0.0123456, std_error: 0.25, level: 0.95, conf_low: low, conf_high: high, mc_error_low: 0.01, mc_error_high: 0.01, replicates: 9998,
});

describe('interval table', () => {
  test('one block per parameter, one line per kind, limits named by their probabilities', () => {
    const text = formatIntervals([
      row('(Intercept)', 'percentile', -1.39853, -1.9, -0.9),
      row('(Intercept)', 'basic', -1.39853, -1.89706, -0.89706),
      row('sd_(Intercept)|herd', 'percentile', 0.64226, 0, 0.95),
    ]);
    expect(text.split('\n')).toEqual([
      'Bootstrap intervals, 95 % (9,998 replicates):',
      '                    Estimate    Bias Std. Error  Interval     2.5 %  97.5 %',
      '(Intercept)          -1.3985 -0.0123     0.2500  percentile -1.9000 -0.9000',
      '                                                 basic      -1.8971 -0.8971',
      'sd_(Intercept)|herd   0.6423 -0.0123     0.2500  percentile  0.0000  0.9500',
    ]);
  });
  test('levels keep their decimals', () => {
    expect([0.95, 0.999, 0.9, 0.5, 0.9999].map(formatPercent)).toEqual(['95 %', '99.9 %', '90 %', '50 %', '99.99 %']);
    expect(formatIntervals([{ ...row('x', 'basic', 1, 0, 2), level: 0.999 }])).toMatch(/0\.05 % +99\.95 %/);
  });
  test('no rows', () => expect(formatIntervals([])).toBe('No intervals.'));
});

describe('status counts', () => {
  const none = { converged: 0, boundary: 0, separated: 0, maxEvaluations: 0, lineSearch: 0, nonFinite: 0 };
  test('kinds of failure appear only where there are any', () => {
    expect(formatStatusCounts({ ...none, converged: 9871, boundary: 129 }).split('\n')).toEqual([
      'Status of 10,000 refits:',
      ' converged                 9,871  98.71 %',
      ' converged on the boundary   129   1.29 %',
      ' failed                        0   0.00 %',
    ]);
    expect(formatStatusCounts({ ...none, converged: 7, separated: 2, nonFinite: 1 })).toMatch(/failed +3 +30\.00 %\n +separated +2 +20\.00 %\n +likelihood not finite +1 +10\.00 %$/);
  });
});

describe('device and speed', () => {
  const backend = { backend: 'cpu', device: '2 worker threads', reason: 'no WebGPU adapter', devicesLost: 0, check: null } as const;
  test('one line without a check, more with one', () => {
    expect(formatBackend(backend)).toBe('Device: float64 on 2 worker threads (no WebGPU adapter)');
    const text = formatBackend({
      ...backend, backend: 'webgpu', devicesLost: 1, check: { models: 64, maxErrorInStandardErrors: 1.234e-5, maxLogLikDifference: 2.3e-5 },
    });
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('64 refits repeated in float64; largest difference 1.2e-5 standard errors in an estimate, 2.3e-5 in a log-likelihood');
  });
  test('rates have three digits', () => {
    expect(formatSpeed(10_000, 0.4182, 23911.9)).toBe('10,000 refits in 0.42 s: 23,900 refits per second');
  });
});

describe('devices', () => {
  const limits = {
    maxStorageBufferBindingSize: 134217728, maxBufferSize: 268435456, maxStorageBuffersPerShaderStage: 8,
    maxComputeWorkgroupsPerDimension: 65535, maxComputeInvocationsPerWorkgroup: 256,
  };
  const adapter = (software: boolean) => ({ description: 'Example', software, limits, timestamps: true });
  test('hardware is chosen, software and nothing are not', () => {
    expect(chooseDevice(adapter(false)).chosen).toBe('webgpu');
    expect(chooseDevice(adapter(true))).toEqual({ chosen: 'cpu', reason: expect.stringContaining('software adapter') as string });
    expect(chooseDevice({ unavailable: 'no driver' })).toEqual({ chosen: 'cpu', reason: 'no driver' });
  });
  test('limits are printed in their units', () => {
    const text = formatDevices({ processor: 'A processor', threads: 1, adapter: adapter(true), ...chooseDevice(adapter(true)) });
    expect(text).toMatch(/largest binding +128 MiB\n +largest buffer +256 MiB\n +storage buffers +8 per stage\n +workgroups +65,535 per dimension/);
    expect(text).toMatch(/--backend auto chooses float64 on 1 thread: the only/);
  });
});
