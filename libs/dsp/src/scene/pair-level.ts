import { AUDIO_ZONES_MAX } from '@app/world';
import type { DistanceAttenuation } from '../distance-attenuation.js';
import type { ListenerState } from './listener-state.js';
import { REACH, type SignalTable } from './signal-table.js';
import type { ZoneMap } from './zone-map.js';

/** Personal space ends softly: from its radius to this many times of it, the level rises to what it would be without. */
export const SPACE_FADE = 1.2;
/**
 * Places in PairLevel.way: the way from the listener to the signal in metres, its length and the linear gain, after
 * `measure`; the squared length, after `isOutOfReach`.
 */
export const WAY = { x: 0, y: 1, z: 2, distance: 3, level: 4, squared: 5, words: 6 } as const;
/** Closer than this, what is before and behind a speaker melts into one, in metres. */
const FACING_DISTANCE_M = 0.3;

/** How loud one signal is for one listener: distance and zones, directivity, personal space, wishes. */
export class PairLevel {
  /** Laws of distance to the listener at work, by the signal's zone. */
  private readonly laws: DistanceAttenuation[];
  /** What was measured last, see WAY. */
  readonly way = new Float64Array(WAY.words);
  private lawZone: number;
  /** Squared distance from which on nothing is heard, by the signal's zone. */
  readonly reachSquares: Float64Array;
  private listener!: ListenerState;
  private readonly meanLevel: number;
  private readonly facingLevel: number;

  constructor(
    private readonly signals: SignalTable,
    private readonly zones: ZoneMap,
    directivity: number,
    private readonly sourcesMax: number,
  ) {
    // 1 towards those whom the speaker looks at, 1 - directivity behind, and a straight line of the cosine between them: the
    // level of a bed is then exactly the mean of its members.
    this.meanLevel = 1 - directivity / 2;
    this.facingLevel = directivity / 2;
    this.lawZone = zones.outside;
    this.laws = Array.from({ length: AUDIO_ZONES_MAX + 1 }, () => zones.law(zones.outside, zones.outside));
    this.reachSquares = new Float64Array(this.laws.length);
    this.forgetZones();
  }

  /** The zones have changed, and with them what their numbers mean. */
  forgetZones(): void {
    this.setZone(this.zones.outside);
  }

  /** Names the listener whom the next levels are for. */
  begin(listener: ListenerState): void {
    this.listener = listener;
    if (listener.zone !== this.lawZone) this.setZone(listener.zone);
  }

  private setZone(listenerZone: number): void {
    const { laws, reachSquares, zones } = this;
    this.lawZone = listenerZone;
    for (let zone = 0; zone <= zones.outside; zone++) {
      laws[zone] = zones.law(zone, listenerZone);
      reachSquares[zone] = laws[zone].audibleDistanceM ** 2;
    }
  }

  /**
   * Measures a local or stage signal: `way` holds the way to it in metres, its length, and its linear gain afterwards.
   * Numbers with fractions are handed over in an array because as arguments and results they would be allocated.
   */
  measure(signal: number): void {
    const { signals, listener, way } = this;
    const dx = signals.x[signal] - listener.x;
    const dy = signals.y[signal] - listener.y;
    const dz = signals.z[signal] - listener.z;
    const distanceM = Math.sqrt(dx * dx + dy * dy + dz * dz);
    way[WAY.x] = dx;
    way[WAY.y] = dy;
    way[WAY.z] = dz;
    way[WAY.distance] = distanceM;
    const isLocal = signals.reach[signal] === REACH.local;
    let level = isLocal ? this.laws[signals.zone[signal]].gainAt(distanceM) : 1;
    if (this.facingLevel > 0 && isLocal) {
      const facing = signals.forwardX[signal] * dx + signals.forwardY[signal] * dy + signals.forwardZ[signal] * dz;
      const length = distanceM < FACING_DISTANCE_M ? FACING_DISTANCE_M : distanceM;
      level *= this.meanLevel - (this.facingLevel * facing) / length;
    }
    const spaceM = signals.spaceM[signal] > listener.spaceM ? signals.spaceM[signal] : listener.spaceM;
    if (distanceM < SPACE_FADE * spaceM) level *= fadeOfSpace(distanceM / spaceM);
    way[WAY.level] = listener.rules === undefined ? level : level * this.wishOf(signal);
  }

  /**
   * Whether a local signal is not heard from where it is, be it too far or within somebody's personal space. Its squared
   * distance is in `way` afterwards.
   */
  isOutOfReach(signal: number): boolean {
    const { signals, listener } = this;
    const dx = signals.x[signal] - listener.x;
    const dy = signals.y[signal] - listener.y;
    const dz = signals.z[signal] - listener.z;
    const squared = dx * dx + dy * dy + dz * dz;
    this.way[WAY.squared] = squared;
    if (squared >= this.reachSquares[signals.zone[signal]]) return true;
    const spaceM = signals.spaceM[signal] > listener.spaceM ? signals.spaceM[signal] : listener.spaceM;
    return spaceM > 0 && squared <= spaceM * spaceM;
  }

  /** What the listener wishes about a signal: a linear gain. Beds have nobody in them about whom anything is wished. */
  wishOf(signal: number): number {
    const { rules, isSolo } = this.listener;
    if (rules === undefined || signal >= this.sourcesMax) return 1;
    return isSolo && rules.solo[signal] === 0 ? 0 : rules.gains[signal];
  }
}

function fadeOfSpace(ratio: number): number {
  return ratio <= 1 ? 0 : (ratio - 1) / (SPACE_FADE - 1);
}
