import type { Place } from './body.js';
import { seeded } from './speech-synthesis.js';

/** How far the ear of a pair stands from the mouth, in m. */
const PAIR_DISTANCE_M = 1;

/** What somebody of a crowd is for: to listen to one other, to be listened to, or neither. */
export type PairRole = 'mouth' | 'ear' | undefined;

/** One bot's place in a crowd, and its part in it. */
export interface BotPart {
  readonly place: Place;
  readonly role: PairRole;
}

/**
 * A crowd evenly over a round place: the same for the same seed, in whichever process a bot is. Pairs come first: bots 0
 * and 1, 2 and 3, and so on; they stand still.
 */
export function layOutCrowd(
  count: number,
  pairs: number,
  diameterM: number,
  walkingShare: number,
  seed: number,
): readonly BotPart[] {
  const chance = seeded(seed + 1);
  const parts: BotPart[] = [];
  for (let index = 0; index < count; index++) {
    const radius = (diameterM / 2) * Math.sqrt(chance());
    const angle = 2 * Math.PI * chance();
    const yawRad = 2 * Math.PI * chance();
    const walks = chance() < walkingShare;
    const role = roleOf(index, Math.min(pairs, Math.floor(count / 2)));
    const place = { x: radius * Math.cos(angle), z: radius * Math.sin(angle), yawRad, walks: walks && !role };
    const mouth = parts.at(-1)?.place;
    // The ear looks at the mouth: nobody in front of us is muffled.
    const isEar = role === 'ear' && mouth !== undefined;
    parts.push({ role, place: isEar ? { x: mouth.x, z: mouth.z + PAIR_DISTANCE_M, yawRad: 0, walks: false } : place });
  }
  return parts;
}

function roleOf(index: number, pairs: number): PairRole {
  if (index >= 2 * pairs) return undefined;
  return index % 2 === 0 ? 'mouth' : 'ear';
}
