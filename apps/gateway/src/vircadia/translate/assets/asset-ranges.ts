import type { AssetRange } from '../../assets/asset-client.js';

/**
 * The bytes that an AssetGet asks for (specification I), in their order; undefined when there are no such bytes. Both 0:
 * everything. A positive start: from there up to `end`. Otherwise the last `-start` bytes, then the first `end` ones. Pure.
 */
export function assetRanges(start: number, end: number, sizeBytes: number): AssetRange[] | undefined {
  if (start === 0 && end === 0) return notEmpty({ start: 0, end: sizeBytes });
  if (end < start || end < 0 || Math.abs(start) > sizeBytes || end > sizeBytes) return undefined;
  if (start > 0) return notEmpty({ start, end });
  return notEmpty({ start: sizeBytes + start, end: sizeBytes }, { start: 0, end });
}

function notEmpty(...ranges: AssetRange[]): AssetRange[] {
  return ranges.filter(({ start, end }) => end > start);
}
