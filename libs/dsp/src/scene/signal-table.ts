import type { MixMemory } from '../mix/mix-memory.js';

/** How far a signal is heard; numbers because they lie in a table. Only wishes are for an ambience: it is a megaphone. */
export const REACH = { local: 0, stage: 1, megaphone: 2, ambience: 3 } as const;

/** Zone of beds whose members stand in several zones. */
export const MIXED_ZONE = -1;

/** Change of a direction that makes no difference from far away: 0.2 dB at the strongest directivity. */
const FORWARD_SLACK = 0.05;
/** Way that makes no difference from far away, in metres: 1 degree, 0.2 dB at the distance of the nearest far sources. */
export const PLACE_SLACK_M = 0.03;
const TOLD_WORDS = 6;

/**
 * Everything that can be heard from a place, in one row of tables: the sources first, beds behind them. A signal is an index
 * into these tables; what plans only needs to know signals.
 */
export class SignalTable {
  readonly count: number;
  /** Place in metres; for a bed the middle of its members. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly z: Float64Array;
  /** Where the voice goes, a unit vector; for a bed the mean of its members, which is shorter. */
  readonly forwardX: Float64Array;
  readonly forwardY: Float64Array;
  readonly forwardZ: Float64Array;
  /** Personal space in metres; for a bed the largest of its members. */
  readonly spaceM: Float64Array;
  /** Zone (see ZoneMap), or MIXED_ZONE. */
  readonly zone: Int32Array;
  /** One of REACH. */
  readonly reach: Uint8Array;
  /** Byte address of the signal's block. */
  readonly address: Int32Array;
  /** 1 when its block holds anything. */
  readonly sounds: Uint8Array;
  /** 1 when it was silent in the block before, so that it needs no fade. */
  readonly starts: Uint8Array;
  /** 1 when anything above changed since the block before. */
  readonly moved: Uint8Array;
  /** 1 when that makes a difference from far away. */
  readonly movedFar: Uint8Array;
  private readonly told: Float64Array;

  constructor(memory: MixMemory) {
    const { sourcesMax, bedsMax } = memory.options;
    const count = sourcesMax + bedsMax;
    this.count = count;
    this.x = new Float64Array(count);
    this.y = new Float64Array(count);
    this.z = new Float64Array(count);
    this.forwardX = new Float64Array(count);
    this.forwardY = new Float64Array(count);
    this.forwardZ = new Float64Array(count);
    this.spaceM = new Float64Array(count);
    this.zone = new Int32Array(count);
    this.reach = new Uint8Array(count);
    this.sounds = new Uint8Array(count);
    this.starts = new Uint8Array(count);
    this.moved = new Uint8Array(count);
    this.movedFar = new Uint8Array(count);
    this.told = new Float64Array(TOLD_WORDS * count);
    this.address = Int32Array.from({ length: count }, (_, signal) => {
      return signal < sourcesMax ? memory.sourceAddress(signal) : memory.bedAddress(signal - sourcesMax);
    });
  }

  /**
   * Puts a signal to a place, looking in a direction; tells by `moved` and `movedFar` if that is news.
   *
   * @param slackM  what does not matter from far away, in metres
   */
  place(
    signal: number,
    x: number,
    y: number,
    z: number,
    forwardX: number,
    forwardY: number,
    forwardZ: number,
    slackM: number,
  ): void {
    const isSame =
      this.x[signal] === x &&
      this.y[signal] === y &&
      this.z[signal] === z &&
      this.forwardX[signal] === forwardX &&
      this.forwardY[signal] === forwardY &&
      this.forwardZ[signal] === forwardZ;
    if (isSame) return;
    this.x[signal] = x;
    this.y[signal] = y;
    this.z[signal] = z;
    this.forwardX[signal] = forwardX;
    this.forwardY[signal] = forwardY;
    this.forwardZ[signal] = forwardZ;
    this.moved[signal] = 1;
    if (this.movedFar[signal] === 0 && this.isFarNews(signal, slackM)) this.setMoved(signal);
  }

  /** Whether a signal is elsewhere than when that was last told to those far away. */
  private isFarNews(signal: number, slackM: number): boolean {
    const { told } = this;
    const place = TOLD_WORDS * signal;
    return (
      Math.abs(this.x[signal] - told[place]) > slackM ||
      Math.abs(this.y[signal] - told[place + 1]) > slackM ||
      Math.abs(this.z[signal] - told[place + 2]) > slackM ||
      Math.abs(this.forwardX[signal] - told[place + 3]) > FORWARD_SLACK ||
      Math.abs(this.forwardY[signal] - told[place + 4]) > FORWARD_SLACK ||
      Math.abs(this.forwardZ[signal] - told[place + 5]) > FORWARD_SLACK
    );
  }

  /** Tells everybody that something about a signal changed. */
  setMoved(signal: number): void {
    const { told } = this;
    const place = TOLD_WORDS * signal;
    this.moved[signal] = 1;
    this.movedFar[signal] = 1;
    told[place] = this.x[signal];
    told[place + 1] = this.y[signal];
    told[place + 2] = this.z[signal];
    told[place + 3] = this.forwardX[signal];
    told[place + 4] = this.forwardY[signal];
    told[place + 5] = this.forwardZ[signal];
  }
}
