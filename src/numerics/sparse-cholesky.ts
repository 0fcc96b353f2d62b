/**
 * Sparse Cholesky factorisation with one symbolic analysis for many matrices of the same pattern: lower triangle by columns, left-looking,
 * with the entries of the inverse on the pattern of the factor (Takahashi, Fagan & Chin 1973).
 *
 * Columns are eliminated in the order given; whoever makes the pattern chooses it.
 */

/** Pattern of the factor L, which contains that of the lower triangle of the matrix. */
export interface SymbolicFactor {
  readonly size: number;
  /** Entries of column j: starts[j] … starts[j + 1] − 1, rows ascending, the diagonal first. */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
}

/**
 * @param below for each column j the rows > j in which the matrix has an entry, in any order, duplicates allowed.
 */
export function analyse(size: number, below: readonly ArrayLike<number>[]): SymbolicFactor {
  const columns: Int32Array[] = [];
  const children: number[][] = Array.from({ length: size }, () => []);
  const mark = new Int32Array(size).fill(-1);
  let entries = 0;
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
    entries += rows.length + 1;
  }
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
  return { size, starts, rows };
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

  constructor(symbolic: SymbolicFactor) {
    this.symbolic = symbolic;
    this.#work = new Float64Array(symbolic.size);
    this.#head = new Int32Array(symbolic.size);
    this.#next = new Int32Array(symbolic.size);
    this.#position = new Int32Array(symbolic.size);
  }

  /** Replaces the values of a matrix on the pattern of L by L; false (contents undefined) if it is not positive definite. */
  factor(values: Float64Array): boolean {
    const { size, starts, rows } = this.symbolic;
    const work = this.#work;
    const head = this.#head.fill(-1);
    const next = this.#next;
    const position = this.#position;
    for (let j = 0; j < size; j++) {
      const begin = starts[j]!;
      const end = starts[j + 1]!;
      for (let k = head[j]!; k >= 0; ) {
        const following = next[k]!;
        const from = position[k]!;
        const last = starts[k + 1]!;
        const multiplier = values[from]!;
        for (let at = from; at < last; at++) work[rows[at]!]! += multiplier * values[at]!;
        this.#queue(k, from + 1, last);
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
      this.#queue(j, begin + 1, end);
    }
    return true;
  }

  #queue(column: number, position: number, end: number): void {
    if (position >= end) return;
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
    const { size, starts, rows } = this.symbolic;
    const place = this.#position.fill(-1);
    const sums = this.#work;
    for (let j = size - 1; j >= 0; j--) {
      const begin = starts[j]!;
      const end = starts[j + 1]!;
      for (let at = begin + 1; at < end; at++) place[rows[at]!] = at;
      // sums_r = Σ_k (inverse)_{rk} L_{kj} over the rows of this column; both triangles of each later column count.
      for (let at = begin + 1; at < end; at++) {
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
