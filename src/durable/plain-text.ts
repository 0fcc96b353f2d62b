/** Plain data as text that keeps every bit, and the identity of studies. */
import { createHash } from 'node:crypto';
import type { StudySpec } from '../studies/study.js';

const ARRAYS = { Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array } as const;
type ArrayName = keyof typeof ARRAYS;

/** JSON, with typed arrays as `{ "$array": name, "base64": little-endian bytes }` and numbers that JSON lacks as `{ "$number": "NaN" }`. */
export function encodePlain(value: object, indent?: number): string {
  return JSON.stringify(value, (_key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
    if (!ArrayBuffer.isView(value)) return value;
    return { $array: value.constructor.name, base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  }, indent);
}

/** @throws SyntaxError for text that is not JSON. */
export function decodePlain(text: string): object {
  return JSON.parse(text, (_key, value: unknown) => {
    const { $array, $number, base64 } = (value ?? {}) as { $array?: ArrayName; $number?: string; base64?: string };
    if ($number !== undefined) return Number($number);
    return $array === undefined ? value : new ARRAYS[$array](Uint8Array.from(Buffer.from(base64!, 'base64')).buffer);
  }) as object;
}

/** Hexadecimal SHA-256 of text or bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** What tells one study from another: equal for equal specs under one version of the program. */
export function studyId(spec: StudySpec, version: string): string {
  return sha256(`${version}\n${encodePlain(spec)}`);
}
