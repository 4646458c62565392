import { BLOCK_FRAMES, SAMPLE_RATE_HZ } from '@app/world';
import { SoundPlayback } from './sound-playback.js';
import type { ShelvedSound, SoundShelf } from './sound-shelf.js';
import type { SoundSpec } from './sound-table.js';

const FRAMES_PER_MS = SAMPLE_RATE_HZ / 1_000;
const MS_PER_S = 1_000;
/**
 * Everything is heard this much later than the table says, in ms: an edit takes some time to come here, and the beginning of a
 * sound is worth hearing.
 */
export const SOUND_LEAD_MS = 250;
/** Without a new table a sound goes on moving for this long, in ms; then something is wrong, and it stays. */
const MOVING_MS_MAX = 5_000;
/** A place that is told anew is reached within some blocks: this share of the way is left after each. */
const GLIDE = 0.8;
/** Farther away than this a place is not glided to but begun at, in metres. */
const JUMP_M = 5;
/** Gain of a sound that has just been told, until it is known who could hear it. */
const NOBODY = Infinity;

/** One sound in the world: where it is, and its file as far as somebody hears it. */
export class SoundSource {
  x: number;
  y: number;
  z: number;
  /** Its place in the engine; undefined while nobody hears it. Ambient ones share one that is not theirs. */
  slot: number | undefined;
  /** Squared distance to the nearest ears, in square metres; Infinity when nobody can hear it. */
  nearestSquared = NOBODY;
  /** Its place in the table: of two that are equally near, the one with the lower rank is mixed. */
  rank = 0;
  /** Whether it is one of those that are mixed. */
  isChosen = false;
  /** Nobody tells of it any more: it fades and is forgotten. */
  isGone = false;
  /** Blocks since it was last heard. */
  quietBlocks = 0;
  private readonly playback = new SoundPlayback();
  private file: ShelvedSound | undefined;
  private toldAtMs: number;
  // How far the place lies from where the last table says, in metres; it vanishes.
  private errorX = 0;
  private errorY = 0;
  private errorZ = 0;

  constructor(
    private spec: SoundSpec,
    nowMs: number,
  ) {
    this.toldAtMs = nowMs;
    ({ x: this.x, y: this.y, z: this.z } = spec.position);
  }

  get isAmbient(): boolean {
    return this.spec.isAmbient;
  }

  /** Whether it goes on as the same source when this is told of it: another file, or another kind, is another source. */
  continuesAs(spec: SoundSpec): boolean {
    return spec.url === this.spec.url && spec.isAmbient === this.spec.isAmbient;
  }

  tell(spec: SoundSpec, nowMs: number): void {
    this.move(nowMs);
    const { x, y, z } = spec.position;
    const isJump = Math.hypot(this.x - x, this.y - y, this.z - z) > JUMP_M;
    this.errorX = isJump ? 0 : this.x - x;
    this.errorY = isJump ? 0 : this.y - y;
    this.errorZ = isJump ? 0 : this.z - z;
    this.spec = spec;
    this.toldAtMs = nowMs;
  }

  /** Moves on to where it is in this block. */
  move(nowMs: number): void {
    const { position, velocity } = this.spec;
    const passedMs = nowMs - this.toldAtMs;
    const seconds = (passedMs < MOVING_MS_MAX ? passedMs : MOVING_MS_MAX) / MS_PER_S;
    this.errorX *= GLIDE;
    this.errorY *= GLIDE;
    this.errorZ *= GLIDE;
    this.x = position.x + velocity.x * seconds + this.errorX;
    this.y = position.y + velocity.y * seconds + this.errorY;
    this.z = position.z + velocity.z * seconds + this.errorZ;
  }

  /**
   * Whether something may be heard of it at present, as far as is known without its file.
   *
   * @param at          the block's first sample, see BlockClock
   * @param framesMax   samples of the longest sound
   */
  mayPlay(at: number, framesMax: number): boolean {
    const { volume, isLoop } = this.spec;
    if (volume === 0) return false;
    const length = this.file?.samples?.length ?? framesMax;
    return isLoop || this.placeAt(at) < length;
  }

  /** Whether something is to be heard of it in the block that begins at `at`. */
  isDue(at: number): boolean {
    const samples = this.file?.samples;
    if (!samples || !this.isChosen || this.isGone) return false;
    const place = this.placeAt(at);
    return place + BLOCK_FRAMES > 0 && !samples.isOverAt(place, this.spec.isLoop);
  }

  /** Whether its last block held anything. */
  get isHeard(): boolean {
    return this.playback.isHeard;
  }

  wantFile(shelf: SoundShelf): void {
    this.file ??= shelf.take(this.spec.url);
  }

  leaveFile(shelf: SoundShelf): void {
    if (this.file) shelf.give(this.file);
    this.file = undefined;
  }

  /** Ends at once, without a fade. */
  cut(shelf: SoundShelf): void {
    this.leaveFile(shelf);
    this.playback.cut();
    this.isChosen = false;
  }

  /** Fills a block; returns whether there is anything in it. */
  pull(block: Float32Array, at: number): boolean {
    const samples = this.file?.samples;
    if (!samples) {
      // Its memory was needed.
      this.playback.cut();
      return false;
    }
    const gain = this.isChosen && !this.isGone ? this.spec.volume : 0;
    return this.playback.pull(block, samples, this.placeAt(at), this.spec.isLoop, gain);
  }

  private placeAt(at: number): number {
    return at - Math.round((this.spec.startedAtMs + SOUND_LEAD_MS) * FRAMES_PER_MS);
  }
}
