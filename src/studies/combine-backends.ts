import type { BackendReport, PrecisionCheck } from '../objective/backend.js';

/** One report for several parts of the same work, which may have been done on several machines. */
export function combineBackends(reports: readonly BackendReport[]): BackendReport {
  const distinct = (pick: (report: BackendReport) => string): string => [...new Set(reports.map(pick))].filter((words) => words !== '').join('; ');
  return {
    backend: reports.some(({ backend }) => backend === 'webgpu') ? 'webgpu' : 'cpu',
    device: joinDevices(reports),
    reason: distinct(({ reason }) => reason),
    devicesLost: reports.reduce((sum, { devicesLost }) => sum + devicesLost, 0),
    check: combineChecks(reports.flatMap(({ check }) => check ?? [])),
  };
}

/** Short parts have fewer threads to run on: the most tells of the run. */
function joinDevices(reports: readonly BackendReport[]): string {
  const devices = [...new Set(reports.flatMap(({ device }) => device.split('; ')))].filter((device) => device !== '');
  const threads = devices.filter((device) => THREADS.test(device));
  const most = Math.max(...threads.map((device) => Number.parseInt(device, 10)));
  return devices.filter((device) => !threads.includes(device) || Number.parseInt(device, 10) === most).join('; ');
}

const THREADS = /^\d+ threads?$/;

function combineChecks(checks: readonly PrecisionCheck[]): PrecisionCheck | null {
  if (checks.length === 0) return null;
  return {
    models: checks.reduce((sum, { models }) => sum + models, 0),
    maxErrorInStandardErrors: Math.max(...checks.map((check) => check.maxErrorInStandardErrors)),
    maxLogLikDifference: Math.max(...checks.map((check) => check.maxLogLikDifference)),
  };
}
