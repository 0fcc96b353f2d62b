/** The identity of data and of studies. */
import { createHash } from 'node:crypto';
import { encode } from '../plain-json.js';
import type { StudySpec } from '../studies/study.js';

/** Hexadecimal SHA-256 of text or bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What tells one study from another: equal for equal specs under one version of the program. */
export function studyId(spec: StudySpec, version: string): string {
  // In two steps: the text may be as long as texts can be.
  return createHash('sha256').update(`${version}\n`).update(encode(spec)).digest('hex');
}
