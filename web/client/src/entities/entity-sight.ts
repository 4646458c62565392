/** What is needed of an entity to decide whether it is worth being drawn. */
export interface Sighted {
  /** From the viewer to its middle, in metres. */
  distanceM: number;
  radiusM: number;
}

/** Anything that seems smaller than this is not drawn: radians, about two pixels of a large screen. */
const ANGLE_MIN_RAD = 0.002;

/** How large something seems, in radians; infinite from within. */
export function apparentSize({ distanceM, radiusM }: Sighted): number {
  return distanceM <= radiusM ? Infinity : radiusM / distanceM;
}

/**
 * Chooses what is drawn: at most so many, the largest-seeming first, nothing that is too small to be seen. Pure.
 *
 * @returns indices of the chosen ones, in no particular order
 */
export function chooseInSight(things: readonly Sighted[], countMax: number): number[] {
  const sizes = things.map(apparentSize);
  const candidates: number[] = [];
  for (let index = 0; index < sizes.length; index++) if (sizes[index] >= ANGLE_MIN_RAD) candidates.push(index);
  if (candidates.length <= countMax) return candidates;
  return candidates.sort((a, b) => sizes[b] - sizes[a]).slice(0, countMax);
}
