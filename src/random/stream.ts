/**
 * Random streams of a replicate. Every number is a function of (seed, replicate, stream, position) alone, so results do not depend on
 * chunk sizes, threads, backends or resumption.
 *
 * Key = seed (its low and high words), counter = (block, stream, replicate low word, replicate high word); block j holds numbers 2j and
 * 2j + 1 of the stream.
 */
import { OptionError } from '../errors.js';
import { philoxBlocks } from './philox.js';

/** What the streams of one replicate are for. */
export const STREAM = {
  /** Standard normals of the random effects, in the order of u. */
  randomEffects: 0,
  /** One uniform per observation, in row order. */
  observations: 1,
  /** Observation i takes further uniforms, where its sampler needs them, from stream `furtherUniforms + i`. */
  furtherUniforms: 2,
} as const;

const TWO_POW_32 = 2 ** 32;
const TWO_POW_26 = 2 ** 26;
const TWO_POW_MINUS_53 = 2 ** -53;

/** Throws OptionError unless `seed` is an integer that a double holds exactly (0 … 2⁵³ − 1). */
export function checkSeed(seed: number): void {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new OptionError(`seed must be an integer from 0 to ${Number.MAX_SAFE_INTEGER}, not ${seed}`);
  }
}

/** The uniforms of one stream in order; one object serves any number of streams, one after the other. */
export class UniformStream {
  readonly #words = new Uint32Array(8);
  #key0 = 0;
  #key1 = 0;
  #stream = 0;
  #low = 0;
  #high = 0;
  #block = 0;
  #next = 4;

  /** Goes to the start of a stream of a replicate. */
  reset(seed: number, replicate: number, stream: number): void {
    this.#key0 = seed >>> 0;
    this.#key1 = Math.floor(seed / TWO_POW_32);
    this.#low = replicate >>> 0;
    this.#high = Math.floor(replicate / TWO_POW_32);
    this.moveTo(stream);
  }

  /** Goes to the start of another stream of the same replicate. */
  moveTo(stream: number): void {
    this.#stream = stream;
    this.#block = 0;
    this.#next = 4;
  }

  /** Next uniform of the open interval (0, 1), an odd multiple of 2⁻⁵³. */
  next(): number {
    if (this.#next === 4) {
      philoxBlocks(this.#words, 2, this.#key0, this.#key1, this.#block, this.#stream, this.#low, this.#high);
      this.#block += 2;
      this.#next = 0;
    }
    const at = 2 * this.#next++;
    return toUniform(this.#words[at]!, this.#words[at + 1]!);
  }
}

/** Uniform of (0, 1) from two words: the centre of one of 2⁵² equal cells, so 0 and 1 never occur. */
function toUniform(high: number, low: number): number {
  return ((high >>> 6) * TWO_POW_26 + (low >>> 6)) * (2 * TWO_POW_MINUS_53) + TWO_POW_MINUS_53;
}

/** Words of the largest request so far, shared by the bulk functions below (they are synchronous and do not nest). */
let scratch = new Uint32Array(1024);

function blocksOf(count: number, seed: number, replicate: number, stream: number): Uint32Array {
  const blocks = (count + 1) >> 1;
  if (scratch.length < blocks * 4) scratch = new Uint32Array(blocks * 4);
  philoxBlocks(
    scratch, blocks, seed >>> 0, Math.floor(seed / TWO_POW_32), 0, stream, replicate >>> 0, Math.floor(replicate / TWO_POW_32),
  );
  return scratch;
}

/** The first `count` uniforms of a stream: the same numbers as `UniformStream`, in bulk. */
export function fillUniforms(out: Float64Array, count: number, seed: number, replicate: number, stream: number): void {
  const words = blocksOf(count, seed, replicate, stream);
  for (let i = 0; i < count; i++) out[i] = toUniform(words[2 * i]!, words[2 * i + 1]!);
}

/** The first `count` standard normals of a stream, by Box & Muller (1958): numbers 2j and 2j + 1 come from block j. |z| < 8.6. */
export function fillNormals(out: Float64Array, count: number, seed: number, replicate: number, stream: number): void {
  const words = blocksOf(count, seed, replicate, stream);
  for (let i = 0; i < count; i += 2) {
    const w = 2 * i;
    const radius = Math.sqrt(-2 * Math.log(toUniform(words[w]!, words[w + 1]!)));
    const angle = 2 * Math.PI * toUniform(words[w + 2]!, words[w + 3]!);
    out[i] = radius * Math.cos(angle);
    if (i + 1 < count) out[i + 1] = radius * Math.sin(angle);
  }
}
