/** Metres; y is up. */
export interface Vec3 {
  x: number;
  y: number;
  z: number;
}

/** Unit quaternion. The identity looks along -z; a positive yaw turns to the left (counter-clockwise from above). */
export interface Quat {
  x: number;
  y: number;
  z: number;
  w: number;
}

/** A tracked point of the body, relative to the body's position and orientation. Offsets within ±32 m. */
export interface TrackedPoint {
  position: Vec3;
  orientation: Quat;
}

/** Where a body is. `position` is at the feet; mouth and ears are EYE_HEIGHT_M above it unless the head is tracked. */
export interface Pose {
  position: Vec3;
  orientation: Quat;
  /** Head, relative to the body; absent when it just follows the body. */
  head?: TrackedPoint;
  leftHand?: TrackedPoint;
  rightHand?: TrackedPoint;
}

/** Height of eyes, ears and mouth above the feet of an untracked body, in metres. */
export const EYE_HEIGHT_M = 1.6;
