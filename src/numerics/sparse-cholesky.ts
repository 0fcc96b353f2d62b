/**
 * Sparse Cholesky factorisation with one symbolic analysis for many matrices of the same pattern: lower triangle by columns, left-looking,
 * with the entries of the inverse on the pattern of the factor (Takahashi, Fagan & Chin 1973). Where the last columns fill up, as with crossed
 * factors, they are one dense matrix that the others are subtracted from.
 *
 * Columns are eliminated in the order given; whoever makes the pattern chooses it.
 */
import { type DenseCholesky, createDenseCholesky, hasDenseKernel } from './dense-cholesky.js';

/** Pattern of the factor L, which contains that of the lower triangle of the matrix. */
export interface SymbolicFactor {
  readonly size: number;
  /** Entries of column j: starts[j] … starts[j + 1] − 1, rows ascending, the diagonal first. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  /** First column of the dense tail, whose columns hold every row below; `size` where there is none. */
  readonly tail: number;
}

/** Columns of a tail that is worth the blocks of the dense factorisation, and that its memory allows. */
const MIN_TAIL = 48;
const MAX_TAIL = 5000;
/** How many multiplications of dense columns take the time of one that follows lists of rows: a guess on the careful side, 1,142 full columns took 20 times as long by lists. */
const DENSE_SPEED = 15;

/**
 * @param below for each column j the rows > j in which the matrix has an entry, in any order, duplicates allowed.
 */
export function analyse(size: number, below: readonly ArrayLike<number>[]): SymbolicFactor {
  const columns: Int32Array[] = [];
  const children: number[][] = Array.from({ length: size }, () => []);
  const mark = new Int32Array(size).fill(-1);
  for (let j = 0; j < size; j++) {
    const found: number[] = [];
    const add = (row: number): void => {
      if (row <= j || mark[row] === j) return;
      mark[row] = j;
      found.push(row);
    };
    const own = below[j]!;
    for (let k = 0; k < own.length; k++) add(own[k]!);
    // The pattern of a column passes to its parent in the elimination tree, the first row below its diagonal.
    for (const child of children[j]!) for (const row of columns[child]!) add(row);
    const rows = Int32Array.from(found).sort();
    columns.push(rows);
    if (rows.length > 0) children[rows[0]!]!.push(j);
  }
  const tail = firstOfTail(columns);
  for (let j = tail; j < size; j++) columns[j] = Int32Array.from({ length: size - j - 1 }, (_, k) => j + 1 + k);
  const entries = columns.reduce((sum, column) => sum + column.length + 1, 0);
  const starts = new Int32Array(size + 1);
  const rows = new Int32Array(entries);
  let at = 0;
  for (let j = 0; j < size; j++) {
    starts[j] = at;
    rows[at++] = j;
    rows.set(columns[j]!, at);
    at += columns[j]!.length;
  }
  starts[size] = at;
  return { size, starts, rows, tail };
}

/** Where the tail begins that takes the least time: columns of n entries cost about n², dense or not. */
function firstOfTail(columns: readonly Int32Array[]): number {
  const size = columns.length;
  let tail = size;
  let cost = 0;
  let least = 0;
  for (let j = size - 1; j >= Math.max(0, size - MAX_TAIL); j--) {
    cost += (size - j) ** 2 - DENSE_SPEED * (columns[j]!.length + 1) ** 2;
    if (cost > least) continue;
    least = cost;
    tail = j;
  }
  return size - tail >= MIN_TAIL && hasDenseKernel() ? tail : size;
}

/** Place of (row, column), row ≥ column, among the entries; −1 if the pattern does not hold it. */
export function entryOf({ starts, rows }: SymbolicFactor, row: number, column: number): number {
  let low = starts[column]!;
  let high = starts[column + 1]! - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = rows[middle]!;
    if (found === row) return middle;
    if (found < row) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Numeric side of one pattern; its scratch space is reused, so one instance serves one computation at a time. */
export class SparseCholesky {
  readonly symbolic: SymbolicFactor;
  readonly #work: Float64Array;
  /** Columns whose next entry lies in row j, as linked lists. */
  readonly #head: Int32Array;
  readonly #next: Int32Array;
  readonly #position: Int32Array;
  readonly #dense: DenseCholesky | null;
  /** First entry in a row of the tail, per column before it. */
  readonly #tailOf: Int32Array;

  constructor(symbolic: SymbolicFactor) {
    const { size, tail } = symbolic;
    this.symbolic = symbolic;
    this.#dense = tail < size ? createDenseCholesky(size - tail) : null;
    this.#tailOf = Int32Array.from({ length: tail }, (_, j) => firstEntryFrom(symbolic, j, tail));
    this.#work = new Float64Array(symbolic.size);
    this.#head = new Int32Array(symbolic.size);
    this.#next = new Int32Array(symbolic.size);
    this.#position = new Int32Array(symbolic.size);
  }

  /** Replaces the values of a matrix on the pattern of L by L; false (contents undefined) if it is not positive definite. */
  factor(values: Float64Array): boolean {
    const { starts, rows, tail } = this.symbolic;
    const work = this.#work;
    const head = this.#head.fill(-1);
    const next = this.#next;
    const position = this.#position;
    for (let j = 0; j < tail; j++) {
      const begin = starts[j]!;
      const end = starts[j + 1]!;
      for (let k = head[j]!; k >= 0; ) {
        const following = next[k]!;
        const from = position[k]!;
        const last = starts[k + 1]!;
        const multiplier = values[from]!;
        for (let at = from; at < last; at++) work[rows[at]!]! += multiplier * values[at]!;
        this.#queue(k, from + 1);
        k = following;
      }
      const pivot = values[begin]! - work[j]!;
      work[j] = 0;
      if (!(pivot > 0)) {
        work.fill(0);
        return false;
      }
      const root = Math.sqrt(pivot);
      values[begin] = root;
      const inverse = 1 / root;
      for (let at = begin + 1; at < end; at++) {
        const row = rows[at]!;
        values[at] = (values[at]! - work[row]!) * inverse;
        work[row] = 0;
      }
      this.#queue(j, begin + 1);
    }
    return this.#dense === null || this.#factorTail(this.#dense, values);
  }

  /** The tail less the products of the columns before it, factored. */
  #factorTail(dense: DenseCholesky, values: Float64Array): boolean {
    const { starts, rows, tail } = this.symbolic;
    const { matrix, stride } = dense;
    this.#loadTail(dense, values);
    for (let j = 0; j < tail; j++) {
      const end = starts[j + 1]!;
      for (let a = this.#tailOf[j]!; a < end; a++) {
        const row = (rows[a]! - tail) * stride - tail;
        const multiplier = values[a]!;
        for (let b = this.#tailOf[j]!; b <= a; b++) matrix[row + rows[b]!]! -= multiplier * values[b]!;
      }
    }
    if (!dense.factor()) return false;
    this.#storeTail(dense, values);
    return true;
  }

  #loadTail({ matrix, stride }: DenseCholesky, values: Float64Array): void {
    const { size, starts, tail } = this.symbolic;
    for (let j = tail; j < size; j++) {
      let to = (j - tail) * (stride + 1);
      for (let at = starts[j]!; at < starts[j + 1]!; at++, to += stride) matrix[to] = values[at]!;
    }
  }

  #storeTail({ matrix, stride }: DenseCholesky, values: Float64Array): void {
    const { size, starts, tail } = this.symbolic;
    for (let j = tail; j < size; j++) {
      let from = (j - tail) * (stride + 1);
      for (let at = starts[j]!; at < starts[j + 1]!; at++, from += stride) values[at] = matrix[from]!;
    }
  }

  /** Column `column` waits for the one of its next row, unless that is left to the tail. */
  #queue(column: number, position: number): void {
    if (position >= this.#tailOf[column]!) return;
    const row = this.symbolic.rows[position]!;
    this.#position[column] = position;
    this.#next[column] = this.#head[row]!;
    this.#head[row] = column;
  }

  /** b ← L⁻¹ b. */
  solveLower(l: Float64Array, b: Float64Array): void {
    const { size, starts, rows } = this.symbolic;
    for (let j = 0; j < size; j++) {
      const begin = starts[j]!;
      const value = (b[j] = b[j]! / l[begin]!);
      if (value === 0) continue;
      for (let at = begin + 1; at < starts[j + 1]!; at++) b[rows[at]!]! -= l[at]! * value;
    }
  }

  /** b ← L⁻ᵀ b. */
  solveUpper(l: Float64Array, b: Float64Array): void {
    const { size, starts, rows } = this.symbolic;
    for (let j = size - 1; j >= 0; j--) {
      const begin = starts[j]!;
      let sum = b[j]!;
      for (let at = begin + 1; at < starts[j + 1]!; at++) sum -= l[at]! * b[rows[at]!]!;
      b[j] = sum / l[begin]!;
    }
  }

  /** log |L Lᵀ|. */
  logDeterminant(l: Float64Array): number {
    let sum = 0;
    for (let j = 0; j < this.symbolic.size; j++) sum += Math.log(l[this.symbolic.starts[j]!]!);
    return 2 * sum;
  }

  /** Entries of (L Lᵀ)⁻¹ on the pattern of L into `out`. */
  selectedInverse(l: Float64Array, out: Float64Array): void {
    const { starts, rows, tail } = this.symbolic;
    if (this.#dense !== null) {
      this.#loadTail(this.#dense, l);
      this.#dense.invert();
      this.#storeTail(this.#dense, out);
    }
    const place = this.#position.fill(-1);
    const sums = this.#work;
    for (let j = tail - 1; j >= 0; j--) {
      const begin = starts[j]!;
      const end = starts[j + 1]!;
      for (let at = begin + 1; at < end; at++) place[rows[at]!] = at;
      // sums_r = Σ_k (inverse)_{rk} L_{kj} over the rows of this column; both triangles of each later column count.
      const inTail = this.#tailOf[j]!;
      for (let at = inTail; at < end; at++) {
        const k = rows[at]!;
        const lkj = l[at]!;
        // Column k of the tail holds row r at starts[k] + r − k.
        const first = starts[k]!;
        sums[k]! += out[first]! * lkj;
        for (let other = at + 1; other < end; other++) {
          const entry = out[first + rows[other]! - k]!;
          sums[rows[other]!]! += entry * lkj;
          sums[k]! += entry * l[other]!;
        }
      }
      for (let at = begin + 1; at < inTail; at++) {
        const k = rows[at]!;
        const lkj = l[at]!;
        const first = starts[k]!;
        sums[k]! += out[first]! * lkj;
        for (let other = first + 1; other < starts[k + 1]!; other++) {
          const where = place[rows[other]!]!;
          if (where < 0) continue;
          sums[rows[other]!]! += out[other]! * lkj;
          sums[k]! += out[other]! * l[where]!;
        }
      }
      const inverse = 1 / l[begin]!;
      let diagonal = inverse * inverse;
      for (let at = begin + 1; at < end; at++) {
        const row = rows[at]!;
        const value = -sums[row]! * inverse;
        out[at] = value;
        diagonal -= l[at]! * inverse * value;
        sums[row] = 0;
        place[row] = -1;
      }
      out[begin] = diagonal;
    }
  }
}

/** The first entry of column j at row `from` or below; the end of the column if there is none. */
function firstEntryFrom({ starts, rows }: SymbolicFactor, j: number, from: number): number {
  let at = starts[j]!;
  while (at < starts[j + 1]! && rows[at]! < from) at++;
  return at;
}
