import type { EntityProperties } from '@app/world';

/** Bits of `collisionMask`, by the words of `collidesWith`. */
const BITS: Readonly<Record<string, number>> = { static: 1, dynamic: 2, kinematic: 4, myAvatar: 8, otherAvatar: 16 };
const EVERYTHING = 31;

/** What something is when others choose what they collide with. */
export type CollisionKind = 'static' | 'dynamic' | 'kinematic';

/** What an entity collides with: bits as in `collisionMask`. Its words count; where there are none, its number does. */
export function collisionMaskOf({ collidesWith, collisionMask }: EntityProperties): number {
  if (typeof collidesWith === 'string') {
    return collidesWith.split(',').reduce((mask, word) => mask | (BITS[word.trim()] ?? 0), 0);
  }
  return typeof collisionMask === 'number' && Number.isInteger(collisionMask) ? collisionMask & EVERYTHING : EVERYTHING;
}

/**
 * What the engine compares: the upper 16 bits say what this is, the lower what it collides with. Two collide if each wants
 * the other.
 */
export function collisionGroupsOf(kind: CollisionKind, properties: EntityProperties): number {
  return ((BITS[kind] << 16) | collisionMaskOf(properties)) >>> 0;
}
