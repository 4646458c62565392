/** A part of a file: from its `start`-th byte to its `end`-th, both included, counted from 0. */
export interface ByteRange {
  start: number;
  end: number;
}

const RANGE_PATTERN = /^bytes=(\d{0,15})-(\d{0,15})$/;

/**
 * The part that a Range header asks for (RFC 9110, section 14). `whole` for headers that may be ignored: none, those with
 * another unit or several parts, those that cannot be read. Pure.
 */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | 'whole' | 'unsatisfiable' {
  const match = RANGE_PATTERN.exec(header?.trim() ?? '');
  if (!match) return 'whole';
  const [, first, last] = match;
  if (first === '') {
    // The last so many bytes.
    if (last === '') return 'whole';
    const count = Math.min(Number(last), sizeBytes);
    return count === 0 ? 'unsatisfiable' : { start: sizeBytes - count, end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}
