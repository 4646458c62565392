import { BINS_MAX } from '../mix/mix-memory.js';
import { FAR_EAR_WORDS } from '../hrtf/hrtf-model.js';
import { FarList } from './far-list.js';
import { clampCoordinate, isPose } from './hostile-pose.js';
import { NearPlaces } from './near-places.js';
import type { PairRules } from './pair-rules.js';
import { PLACE_SLACK_M } from './signal-table.js';
import { NO_SLOT } from './spatial-engine.js';

/** Somebody who moves farther than this at once finds other neighbours at once, in metres. */
const RESELECT_JUMP_M = 0.5;

/** One who listens: where, with which wishes, and what was heard in the block before. */
export class ListenerState {
  isPresent = false;
  own = NO_SLOT;
  x = 0;
  y = 0;
  z = 0;
  // The rotated axes, unit vectors in the world: right, up, back.
  rightX = 1;
  rightY = 0;
  rightZ = 0;
  upX = 0;
  upY = 1;
  upZ = 0;
  backX = 0;
  backY = 0;
  backZ = 1;
  zone = 0;
  zoneIsStale = true;
  /** Personal space in metres. */
  spaceM = 0;
  isSolo = false;
  rules: PairRules | undefined;

  /** Something about this listener changed, so that what was planned before does not hold. */
  isStale = true;
  /** The same, as far as it makes a difference for what is far away. */
  isFarStale = true;
  private toldX = 0;
  private toldY = 0;
  private toldZ = 0;
  /** The head turned since the ears of the bins were placed. */
  isTurned = true;
  /** Nothing of the past may be heard. */
  isFresh = true;
  isSilent = true;
  /** It has an order in this block. */
  isOrdered = false;
  /** Largest value still to come, and hash of the mix, after the last block. */
  tailPeak = 0;
  hash = 0;
  /** Voices and beds in the last block. */
  signalCount = 0;
  /** The near sources must be chosen anew in this block. */
  wantsSelection = true;
  /** Beds with one's own voice must be cut, not faded, because it was not one's own before. */
  ownIsNew = false;
  /** Squared distance of the last near source; sources beyond it are of no interest. */
  nearestSquared = Infinity;
  /** The score it was chosen with: squared distance, less for those who are louder by a wish. */
  nearestScore = Infinity;

  /** Level of the reverb at the beginning and at the end of this block, and its slot. */
  wet = 0;
  wetTo = 0;
  reverb = NO_SLOT;

  readonly near: NearPlaces;
  /** What was heard in the last block, and the list to write into in this one. */
  farBefore: FarList;
  farNow: FarList;
  /** FAR_EAR_WORDS for each bin, where the last block ended. */
  readonly binEars: Float32Array;
  /** Tick in which the ears of each bin were placed last. */
  readonly binTicks: Float64Array;

  constructor(nearCapacity: number, farCapacity: number) {
    this.near = new NearPlaces(nearCapacity);
    this.farBefore = new FarList(farCapacity);
    this.farNow = new FarList(farCapacity);
    this.binEars = new Float32Array(FAR_EAR_WORDS * BINS_MAX);
    this.binTicks = new Float64Array(BINS_MAX).fill(-1);
  }

  /** Begins anew, for somebody else. */
  reset(): void {
    this.isPresent = true;
    this.own = NO_SLOT;
    this.spaceM = 0;
    this.isSolo = false;
    this.rules?.clear();
    this.fallSilent();
    this.ownIsNew = false;
    this.forgetSound();
    this.setPose(0, 0, 0, 0, 0, 0, 1);
    this.setRules();
    this.isTurned = true;
  }

  /** Forgets what was heard of one source by itself. Returns whether anything was. */
  forget(source: number): boolean {
    const wasNear = this.near.drop(source);
    return this.farBefore.drop(source) || wasNear;
  }

  /** There is nothing to hear; whatever comes next begins anew. */
  fallSilent(): void {
    this.isSilent = true;
    this.isFresh = true;
    this.tailPeak = 0;
    this.hash = 0;
    this.signalCount = 0;
  }

  /** Forgets what was heard, so that nothing fades. */
  forgetSound(): void {
    this.near.sources.fill(NO_SLOT);
    this.farBefore.count = 0;
    this.binTicks.fill(-1);
    this.wantsSelection = true;
  }

  /** Tells that something about what this listener may hear changed. */
  setRules(): void {
    this.isStale = true;
    this.isFarStale = true;
    this.wantsSelection = true;
  }

  setSpace(radiusM: number): void {
    this.spaceM = clampCoordinate(radiusM);
    this.setRules();
  }

  setPose(x: number, y: number, z: number, qx: number, qy: number, qz: number, qw: number): void {
    if (!isPose(x, y, z, qx, qy, qz, qw)) return;
    this.setPlace(clampCoordinate(x), clampCoordinate(y), clampCoordinate(z));
    this.setOrientation(qx, qy, qz, qw);
  }

  private setPlace(x: number, y: number, z: number): void {
    if (x === this.x && y === this.y && z === this.z) return;
    const jump = Math.abs(x - this.x) + Math.abs(y - this.y) + Math.abs(z - this.z);
    if (jump > RESELECT_JUMP_M) this.wantsSelection = true;
    this.x = x;
    this.y = y;
    this.z = z;
    this.isStale = true;
    this.zoneIsStale = true;
    const drift = Math.max(Math.abs(x - this.toldX), Math.abs(y - this.toldY), Math.abs(z - this.toldZ));
    if (drift > PLACE_SLACK_M) this.tellPlace();
  }

  private tellPlace(): void {
    this.toldX = this.x;
    this.toldY = this.y;
    this.toldZ = this.z;
    this.isFarStale = true;
  }

  private setOrientation(qx: number, qy: number, qz: number, qw: number): void {
    const scale = 2 / (qx * qx + qy * qy + qz * qz + qw * qw);
    const rightX = 1 - scale * (qy * qy + qz * qz);
    const rightY = scale * (qx * qy + qw * qz);
    const rightZ = scale * (qx * qz - qw * qy);
    const upX = scale * (qx * qy - qw * qz);
    const upY = 1 - scale * (qx * qx + qz * qz);
    const upZ = scale * (qy * qz + qw * qx);
    if (
      rightX === this.rightX &&
      rightY === this.rightY &&
      rightZ === this.rightZ &&
      upX === this.upX &&
      upY === this.upY &&
      upZ === this.upZ
    ) {
      return;
    }
    this.rightX = rightX;
    this.rightY = rightY;
    this.rightZ = rightZ;
    this.upX = upX;
    this.upY = upY;
    this.upZ = upZ;
    this.backX = scale * (qx * qz + qw * qy);
    this.backY = scale * (qy * qz - qw * qx);
    this.backZ = 1 - scale * (qx * qx + qy * qy);
    this.isStale = true;
    this.isTurned = true;
  }
}
