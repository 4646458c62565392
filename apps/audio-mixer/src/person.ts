import { isPosePrefix, readOrientation, readPosition } from '@app/wire';
import type { Audible } from './audibility.js';
import type { Listener } from './listener.js';
import type { Seat } from '@app/roster';
import type { Source } from './source.js';

const position = { x: 0, y: 0, z: 0 };
const orientation = { x: 0, y: 0, z: 0, w: 1 };

/**
 * One session of a world: where it is, and its voice and ears as far as this mixer has them.
 *
 * Mouth and ears are at the same height above everybody's feet, so positions are compared as they come.
 */
export class Person implements Audible {
  /** Whether the fields below mean anything; before that, nobody hears this person, and it hears nobody. */
  hasPose = false;
  x = 0;
  y = 0;
  z = 0;
  qx = 0;
  qy = 0;
  qz = 0;
  qw = 1;
  isHeard = true;
  isHeardEverywhere = false;
  source: Source | undefined;
  listener: Listener | undefined;

  constructor(public seat: Seat) {}

  get isListener(): boolean {
    return this.listener !== undefined;
  }

  /** Takes over a packed pose. Returns false, and changes nothing, if it is none. */
  setPose(bytes: Uint8Array): boolean {
    if (!isPosePrefix(bytes)) return false;
    readPosition(bytes, position);
    readOrientation(bytes, orientation);
    this.x = position.x;
    this.y = position.y;
    this.z = position.z;
    this.qx = orientation.x;
    this.qy = orientation.y;
    this.qz = orientation.z;
    this.qw = orientation.w;
    this.hasPose = true;
    return true;
  }
}
