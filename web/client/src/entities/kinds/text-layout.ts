import type { ShownValues } from '../shown-values.js';

/** Height of a line on the surface, where there is room for it. */
const LINE_PX = 64;

/** Height of a board's lines, in metres. */
export const textLineM = (values: ShownValues): number => Math.max(0.001, values.number('lineHeight', 0.1));

/** Pixels per metre that a board would like to have. */
export const textPixelsPerM = (values: ShownValues): number => LINE_PX / textLineM(values);

/** Lines of a board at most; what follows is cut off. */
export const TEXT_LINES_MAX = 200;

/**
 * Breaks a text into lines that fit, between words where there are some. Pure.
 *
 * @param measure    width of a piece of text
 * @param width      of the board, in the same unit
 * @param countMax   lines
 */
export function layoutText(
  text: string,
  measure: (piece: string) => number,
  width: number,
  countMax: number,
): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r\n|\r|\n/)) {
    let line = '';
    for (const word of paragraph.split(/(?<=[ \t-])/)) {
      if (line !== '' && measure((line + word).trimEnd()) > width) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += word;
      while (measure(line.trimEnd()) > width && lines.length < countMax) {
        const count = fittingCount(line, measure, width);
        if (count >= line.length) break;
        lines.push(line.slice(0, count));
        line = line.slice(count);
      }
      if (lines.length >= countMax) return lines.slice(0, countMax);
    }
    lines.push(line.trimEnd());
    if (lines.length >= countMax) break;
  }
  return lines.slice(0, countMax);
}

/** Characters at the beginning that fit, at least one; never half of a pair. */
function fittingCount(line: string, measure: (piece: string) => number, width: number): number {
  let low = 1;
  let high = line.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(line.slice(0, middle)) <= width) low = middle;
    else high = middle - 1;
  }
  const code = line.charCodeAt(low - 1);
  const isSplit = code >= 0xd800 && code <= 0xdbff;
  return isSplit ? low + 1 : low;
}
