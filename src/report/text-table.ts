/** Columns of text lined up for a monospaced terminal. */

export interface TextColumn {
  readonly header: string;
  readonly cells: readonly string[];
  readonly align: 'left' | 'right';
}

/** Terminal cells a text takes: combining marks none, East Asian wide characters and emoji two. */
function displayWidth(text: string): number {
  let width = 0;
  for (const letter of text) {
    if (/^\p{M}$|^\u200d$/u.test(letter)) continue;
    width += /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]$|^\p{Extended_Pictographic}$/u
      .test(letter) && letter > '\u00ff' ? 2 : 1;
  }
  return width;
}

/** Control characters of a name would break a line or steer the terminal; they are shown as `\u{…}`. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- finding control characters is the purpose
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (letter) => `\\u{${letter.codePointAt(0)!.toString(16)}}`);
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Lines of a table: the header line (left out when all headers are empty), then one line per row; columns are one space apart. */
export function textTable(columns: readonly TextColumn[]): string[] {
  const safe = columns.map((column) => ({ ...column, header: printable(column.header), cells: column.cells.map(printable) }));
  const widths = safe.map((column) => Math.max(displayWidth(column.header), ...column.cells.map(displayWidth)));
  const rows = safe[0]?.cells.length ?? 0;
  const line = (cell: (column: TextColumn) => string): string =>
    safe.map((column, i) => pad(cell(column), widths[i]!, column.align)).join(' ').trimEnd();
  const lines = Array.from({ length: rows }, (_, row) => line((column) => column.cells[row]!));
  return safe.every((column) => column.header === '') ? lines : [line((column) => column.header), ...lines];
}
