import { packPose } from '@app/wire';
import { EYE_HEIGHT_M, POSITION_M_MAX, type Quat, type Vec3 } from '@app/world';

/** Changes below these are none: a millimetre, and a thirtieth of a degree. */
const MOVED_M = 0.001;
const TURNED = 0.000_3;
/** Shortest time between two poses, in ms: mixers use no more. Less than two packets, which are never exactly 20 ms apart. */
const INTERVAL_MS = 15;
/** Parts of a quaternion further from length one than this are no orientation. */
const LENGTH_ERROR_MAX = 0.1;

/** Packs where a mouth or ears are, when it is not where they were. Bodies stand on their feet, EYE_HEIGHT_M below. */
export class EarPose {
  private readonly position: Vec3 = { x: NaN, y: NaN, z: NaN };
  private readonly orientation: Quat = { x: 0, y: 0, z: 0, w: 1 };
  private toldMs = -Infinity;

  /** The first 16 bytes of a packed pose; undefined for what has not changed, comes too soon, or is nowhere in a world. */
  moved(position: Vec3, orientation: Quat, nowMs: number): Uint8Array | undefined {
    const { position: last, orientation: lastTurn } = this;
    if (nowMs - this.toldMs < INTERVAL_MS) return undefined;
    if (!isNews(position, orientation, last, lastTurn) || !isPlace(position, orientation)) return undefined;
    this.toldMs = nowMs;
    last.x = position.x;
    last.y = position.y;
    last.z = position.z;
    lastTurn.x = orientation.x;
    lastTurn.y = orientation.y;
    lastTurn.z = orientation.z;
    lastTurn.w = orientation.w;
    return packPose({ position: { x: position.x, y: position.y - EYE_HEIGHT_M, z: position.z }, orientation });
  }

  /** Whatever comes next is told. */
  forget(): void {
    this.toldMs = -Infinity;
    this.position.x = NaN;
  }
}

function isNews(position: Vec3, orientation: Quat, last: Vec3, lastTurn: Quat): boolean {
  // Written so that NaN, which is what there is at first, is news.
  return !(
    Math.abs(position.x - last.x) < MOVED_M &&
    Math.abs(position.y - last.y) < MOVED_M &&
    Math.abs(position.z - last.z) < MOVED_M &&
    Math.abs(orientation.x - lastTurn.x) < TURNED &&
    Math.abs(orientation.y - lastTurn.y) < TURNED &&
    Math.abs(orientation.z - lastTurn.z) < TURNED &&
    Math.abs(orientation.w - lastTurn.w) < TURNED
  );
}

function isPlace({ x, y, z }: Vec3, turn: Quat): boolean {
  const most = POSITION_M_MAX - EYE_HEIGHT_M - 1;
  if (!(Math.abs(x) <= most && Math.abs(y) <= most && Math.abs(z) <= most)) return false;
  return Math.abs(Math.hypot(turn.x, turn.y, turn.z, turn.w) - 1) <= LENGTH_ERROR_MAX;
}
