/** Radius of the sphere around a standing body, in metres. */
export const BODY_RADIUS_M = 1;
/** The sphere's centre is this far above the feet, in metres. */
export const BODY_CENTRE_M = 0.9;

/**
 * How large a sphere looks: the sine of half the angle that it fills, 1 when the eye is at or inside it.
 *
 * @param distanceM  from the eye to the sphere's centre
 */
export function apparentSize(radiusM: number, distanceM: number): number {
  return distanceM <= radiusM ? 1 : radiusM / distanceM;
}
