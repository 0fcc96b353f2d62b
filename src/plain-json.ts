/**
 * Plain data with typed arrays and numbers that are not finite as JSON text, and back, bit for bit. Typed arrays become
 * `{"$array": "Float64Array", "data": base64}` of little-endian bytes, other numbers `{"$number": "NaN"}`; keys that begin with `$` get one more.
 */
import { DataError } from './errors.js';

const ARRAYS = { Float64Array, Float32Array, Int32Array, Uint32Array, Int8Array, Uint8Array } as const;
type ArrayName = keyof typeof ARRAYS;

/**
 * @param indent spaces per level, for people who read it
 * @throws DataError for more than a text can hold: 512 MB.
 */
export function encode(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(toJson(value), null, indent);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DataError('more than 384 MB of numbers cannot be written as one text; divide them, for example the responses of many among several runs');
  }
}

function toJson(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(toJson);
  if (ArrayBuffer.isView(value)) {
    const array = value as Float64Array;
    return { $array: array.constructor.name, data: base64(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) };
  }
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined || typeof item === 'function' ? [] : [[key.startsWith('$') ? `$${key}` : key, toJson(item)]])));
}

/** @throws SyntaxError for text that `encode` did not write. */
export function decode(text: string): unknown {
  return fromJson(JSON.parse(text));
}

function fromJson(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromJson);
  const { $array, $number, data } = value as Record<string, unknown>;
  if (typeof $number === 'string') return Number($number);
  if (typeof $array === 'string') {
    if (!Object.hasOwn(ARRAYS, $array) || typeof data !== 'string') throw new SyntaxError(`'${$array}' is no array`);
    const letters = atob(data);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = letters.charCodeAt(i);
    const kind = ARRAYS[$array as ArrayName];
    if (bytes.length % kind.BYTES_PER_ELEMENT !== 0) throw new SyntaxError('an array is cut off');
    return new kind(bytes.buffer);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.startsWith('$$') ? key.slice(1) : key, fromJson(item)]));
}

/** Bytes at a time: the arguments of one call are limited. */
const CHUNK = 0x8000;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(text);
}
