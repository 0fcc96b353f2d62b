import type { BackendReport, PrecisionCheck } from '../objective/backend.js';

/** One report for several parts of the same work, which may have been done on several machines. */
export function combineBackends(reports: readonly BackendReport[]): BackendReport {
  const distinct = (pick: (report: BackendReport) => string): string => [...new Set(reports.map(pick))].join('; ');
  return {
    backend: reports.some(({ backend }) => backend === 'webgpu') ? 'webgpu' : 'cpu',
    device: distinct(({ device }) => device),
    reason: distinct(({ reason }) => reason),
    devicesLost: reports.reduce((sum, { devicesLost }) => sum + devicesLost, 0),
    check: combineChecks(reports.flatMap(({ check }) => check ?? [])),
  };
}

function combineChecks(checks: readonly PrecisionCheck[]): PrecisionCheck | null {
  if (checks.length === 0) return null;
  return {
    models: checks.reduce((sum, { models }) => sum + models, 0),
    maxErrorInStandardErrors: Math.max(...checks.map((check) => check.maxErrorInStandardErrors)),
    maxLogLikDifference: Math.max(...checks.map((check) => check.maxLogLikDifference)),
  };
}
