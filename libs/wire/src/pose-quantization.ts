import { POSE_BYTES_MIN, POSITION_M_MAX, type Pose, type Quat, type TrackedPoint, type Vec3 } from '@app/world';
import { WireError } from './wire.errors.js';

// The layout is public: docs/protocol/pose.md has the bit table. All numbers are little-endian.

const FLAGS_OFFSET = 0;
const POSITION_OFFSET = 1;
const ORIENTATION_OFFSET = 10;
const POINT_BYTES = 12;
const POINT_ORIENTATION_OFFSET = 6;

/** Bits 0 to 2 of the first byte say which tracked points follow, in this order. */
const POINT_NAMES = ['head', 'leftHand', 'rightHand'] as const;
const POINTS_MASK = 0b0000_0111;
/** Bits 3 to 5 are zero and bits 6 and 7 are the version, which is zero, too. */
const ZERO_MASK = 0b1111_1000;

const MM_PER_M = 1_000;
const POSITION_MM_MAX = POSITION_M_MAX * MM_PER_M;
const OFFSET_MM_MAX = 32_767;

/**
 * Of the four components the largest is left out; the others lie within ±1/√2 and become 15 bits each, counted from
 * the middle so that zero is exact. Half a step is 0.000022, an error of at most 0.005 degrees.
 */
const COMPONENT_MIDDLE = 16_383;
const COMPONENT_SCALE = COMPONENT_MIDDLE * Math.SQRT2;

/**
 * Packs a pose: 16 bytes, and 12 more for each tracked point. Fails with `pose-malformed` for numbers that are not
 * finite, positions beyond POSITION_M_MAX, offsets beyond ±32.767 m and quaternions without a direction; quaternions
 * need not be normalised.
 */
export function packPose(pose: Pose): Uint8Array {
  let flags = 0;
  let size = POSE_BYTES_MIN;
  for (let i = 0; i < POINT_NAMES.length; i++) {
    if (!pose[POINT_NAMES[i]]) continue;
    flags |= 1 << i;
    size += POINT_BYTES;
  }
  const bytes = new Uint8Array(size);
  bytes[FLAGS_OFFSET] = flags;
  writeInt24(bytes, POSITION_OFFSET, toMillimetres(pose.position.x, POSITION_MM_MAX));
  writeInt24(bytes, POSITION_OFFSET + 3, toMillimetres(pose.position.y, POSITION_MM_MAX));
  writeInt24(bytes, POSITION_OFFSET + 6, toMillimetres(pose.position.z, POSITION_MM_MAX));
  writeQuat(bytes, ORIENTATION_OFFSET, pose.orientation);
  let offset = POSE_BYTES_MIN;
  for (const name of POINT_NAMES) {
    const point = pose[name];
    if (!point) continue;
    writePoint(bytes, offset, point);
    offset += POINT_BYTES;
  }
  return bytes;
}

/** Unpacks a pose. Fails with `pose-malformed` for whatever isPackedPose refuses. Quaternions come out normalised. */
export function unpackPose(bytes: Uint8Array): Pose {
  if (!isPackedPose(bytes)) throw new WireError('pose-malformed', `These ${bytes.length} bytes are no packed pose.`);
  const pose: Pose = {
    position: readPosition(bytes, { x: 0, y: 0, z: 0 }),
    orientation: readOrientation(bytes, { x: 0, y: 0, z: 0, w: 1 }),
  };
  let offset = POSE_BYTES_MIN;
  for (let i = 0; i < POINT_NAMES.length; i++) {
    if ((bytes[FLAGS_OFFSET] & (1 << i)) === 0) continue;
    pose[POINT_NAMES[i]] = readPoint(bytes, offset);
    offset += POINT_BYTES;
  }
  return pose;
}

/**
 * Whether these bytes are a complete packed pose: the length matches the flags, the version is known, the position lies
 * within POSITION_M_MAX, spare bits are zero. Whatever passes unpacks into finite numbers.
 */
export function isPackedPose(bytes: Uint8Array): boolean {
  if (!isPosePrefix(bytes)) return false;
  const flags = bytes[FLAGS_OFFSET] & POINTS_MASK;
  const pointCount = (flags & 1) + ((flags >> 1) & 1) + (flags >> 2);
  if (bytes.length !== POSE_BYTES_MIN + pointCount * POINT_BYTES) return false;
  for (let end = POSE_BYTES_MIN + POINT_BYTES; end <= bytes.length; end += POINT_BYTES) {
    if (bytes[end - 1] & 0x80) return false;
  }
  return true;
}

/** Whether the first 16 bytes are a valid start of a packed pose, as in EarPose, whatever follows them. */
export function isPosePrefix(bytes: Uint8Array): boolean {
  return (
    bytes.length >= POSE_BYTES_MIN &&
    (bytes[FLAGS_OFFSET] & ZERO_MASK) === 0 &&
    Math.abs(readInt24(bytes, POSITION_OFFSET)) <= POSITION_MM_MAX &&
    Math.abs(readInt24(bytes, POSITION_OFFSET + 3)) <= POSITION_MM_MAX &&
    Math.abs(readInt24(bytes, POSITION_OFFSET + 6)) <= POSITION_MM_MAX &&
    (bytes[POSE_BYTES_MIN - 1] & 0x80) === 0
  );
}

/** Reads the position of a pose that was checked before, into `out`, which is returned. Allocates nothing. */
export function readPosition(bytes: Uint8Array, out: Vec3): Vec3 {
  out.x = readInt24(bytes, POSITION_OFFSET) / MM_PER_M;
  out.y = readInt24(bytes, POSITION_OFFSET + 3) / MM_PER_M;
  out.z = readInt24(bytes, POSITION_OFFSET + 6) / MM_PER_M;
  return out;
}

/** Reads the orientation of a pose that was checked before, into `out`, which is returned. Allocates nothing. */
export function readOrientation(bytes: Uint8Array, out: Quat): Quat {
  return readQuat(bytes, ORIENTATION_OFFSET, out);
}

function toMillimetres(metres: number, mmMax: number): number {
  const mm = Math.round(metres * MM_PER_M);
  // The comparison is false for NaN, too.
  if (!(Math.abs(mm) <= mmMax)) throw new WireError('pose-malformed', `${metres} m does not fit into a packed pose.`);
  return mm;
}

function writeInt24(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value & 0xff;
  bytes[offset + 1] = (value >> 8) & 0xff;
  bytes[offset + 2] = (value >> 16) & 0xff;
}

function readInt24(bytes: Uint8Array, offset: number): number {
  // Shifting up to bit 31 and back extends the sign.
  return ((bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16)) << 8) >> 8;
}

function writeInt16(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value & 0xff;
  bytes[offset + 1] = (value >> 8) & 0xff;
}

function readInt16(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset] | (bytes[offset + 1] << 8)) << 16) >> 16;
}

function writePoint(bytes: Uint8Array, offset: number, point: TrackedPoint): void {
  writeInt16(bytes, offset, toMillimetres(point.position.x, OFFSET_MM_MAX));
  writeInt16(bytes, offset + 2, toMillimetres(point.position.y, OFFSET_MM_MAX));
  writeInt16(bytes, offset + 4, toMillimetres(point.position.z, OFFSET_MM_MAX));
  writeQuat(bytes, offset + POINT_ORIENTATION_OFFSET, point.orientation);
}

function readPoint(bytes: Uint8Array, offset: number): TrackedPoint {
  return {
    position: {
      x: readInt16(bytes, offset) / MM_PER_M,
      y: readInt16(bytes, offset + 2) / MM_PER_M,
      z: readInt16(bytes, offset + 4) / MM_PER_M,
    },
    orientation: readQuat(bytes, offset + POINT_ORIENTATION_OFFSET, { x: 0, y: 0, z: 0, w: 1 }),
  };
}

function writeQuat(bytes: Uint8Array, offset: number, quat: Quat): void {
  const length = Math.hypot(quat.x, quat.y, quat.z, quat.w);
  if (!(length > 1e-6 && length < 1e6)) throw new WireError('pose-malformed', 'A quaternion has no direction.');
  const components = [quat.x, quat.y, quat.z, quat.w];
  let largest = 0;
  for (let i = 1; i < 4; i++) {
    if (Math.abs(components[i]) > Math.abs(components[largest])) largest = i;
  }
  // A quaternion and its negative are the same rotation, so the component that is left out can always be positive.
  const scale = ((components[largest] < 0 ? -1 : 1) * COMPONENT_SCALE) / length;
  const [a, b, c] = components.filter((_, i) => i !== largest).map((value) => encodeComponent(value * scale));
  bytes[offset] = a & 0xff;
  bytes[offset + 1] = (a >> 8) | ((b & 0x01) << 7);
  bytes[offset + 2] = (b >> 1) & 0xff;
  bytes[offset + 3] = (b >> 9) | ((c & 0x03) << 6);
  bytes[offset + 4] = (c >> 2) & 0xff;
  bytes[offset + 5] = (c >> 10) | (largest << 5);
}

function encodeComponent(scaled: number): number {
  // Rounding noise must not leave the 15 bits.
  return COMPONENT_MIDDLE + Math.max(-COMPONENT_MIDDLE, Math.min(COMPONENT_MIDDLE, Math.round(scaled)));
}

function readQuat(bytes: Uint8Array, offset: number, out: Quat): Quat {
  const b1 = bytes[offset + 1];
  const b3 = bytes[offset + 3];
  const b5 = bytes[offset + 5];
  const a = ((bytes[offset] | ((b1 & 0x7f) << 8)) - COMPONENT_MIDDLE) / COMPONENT_SCALE;
  const b = (((b1 >> 7) | (bytes[offset + 2] << 1) | ((b3 & 0x3f) << 9)) - COMPONENT_MIDDLE) / COMPONENT_SCALE;
  const c = (((b3 >> 6) | (bytes[offset + 4] << 2) | ((b5 & 0x1f) << 10)) - COMPONENT_MIDDLE) / COMPONENT_SCALE;
  const squares = a * a + b * b + c * c;
  // Honest bytes leave room for the fourth component; others are brought back to length one.
  const d = Math.sqrt(Math.max(0, 1 - squares));
  const norm = 1 / Math.sqrt(squares + d * d);
  switch ((b5 >> 5) & 0x03) {
    case 0:
      return setQuat(out, d * norm, a * norm, b * norm, c * norm);
    case 1:
      return setQuat(out, a * norm, d * norm, b * norm, c * norm);
    case 2:
      return setQuat(out, a * norm, b * norm, d * norm, c * norm);
    default:
      return setQuat(out, a * norm, b * norm, c * norm, d * norm);
  }
}

function setQuat(out: Quat, x: number, y: number, z: number, w: number): Quat {
  out.x = x;
  out.y = y;
  out.z = z;
  out.w = w;
  return out;
}
