import { type EntityProperties, vectorOf } from '@app/world';
import type { WireCube } from '@app/vircadia';

/**
 * A cube around an entity, for the trees in which native clients keep what they know; undefined for what has a parent: it
 * is where that is.
 */
export function queryCubeOf(type: string, properties: EntityProperties): WireCube | undefined {
  if (typeof properties.parentID === 'string') return undefined;
  const { x, y, z } = vectorOf(type, properties, 'position');
  const { x: width, y: height, z: depth } = vectorOf(type, properties, 'dimensions');
  // However it is turned about whichever point of it.
  const radius = Math.hypot(width, height, depth);
  return { corner: { x: x - radius, y: y - radius, z: z - radius }, size: 2 * radius };
}
