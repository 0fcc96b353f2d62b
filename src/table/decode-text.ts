/** From the bytes of a text file to its characters. */
import { DataError } from '../errors.js';

/** Bytes looked at to tell text from something else. */
const HEAD = 4096;

/**
 * The text of bytes in UTF-8, or in UTF-16 with its byte order mark. Bytes that are no UTF-8 are Windows-1252 (which holds Latin-1), what spreadsheets write
 * on many machines: as broken UTF-8 different names could become the same.
 * @throws DataError for compressed and other binary files, and for texts longer than a string can be
 */
export function decodeText(bytes: Uint8Array): string {
  const utf16 = startsWith(bytes, 0xff, 0xfe) ? 'utf-16le' : startsWith(bytes, 0xfe, 0xff) ? 'utf-16be' : undefined;
  if (utf16 === undefined) refuseBinary(bytes);
  try {
    return new TextDecoder(utf16 ?? (isUtf8(bytes) ? 'utf-8' : 'windows-1252')).decode(bytes);
  } catch {
    // Engines limit the length of a string to about half a gigabyte.
    throw new DataError(`the file is too large to be read as text (${Math.round(bytes.length / 1e6)} MB); write it as Parquet`);
  }
}

function startsWith(bytes: Uint8Array, ...first: readonly number[]): boolean {
  return first.every((byte, i) => bytes[i] === byte);
}

function refuseBinary(bytes: Uint8Array): void {
  if (startsWith(bytes, 0x1f, 0x8b)) throw new DataError('the file is compressed (gzip); unpack it, or write an R object (.rds, .rda) as CSV or Parquet');
  if (startsWith(bytes, 0x50, 0x4b, 3, 4)) throw new DataError('the file is a ZIP archive, as Excel workbooks are; save the sheet as CSV');
  if (bytes.subarray(0, HEAD).includes(0)) throw new DataError('the file is binary; tables are read from CSV text, Parquet or Arrow');
}

/** Whether the bytes are well-formed UTF-8; decoded in pieces, so that no second text of their length is made. */
function isUtf8(bytes: Uint8Array): boolean {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const piece = 1 << 20;
  try {
    for (let at = 0; at < bytes.length; at += piece) decoder.decode(bytes.subarray(at, at + piece), { stream: true });
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}
