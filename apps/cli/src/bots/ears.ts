import { AUDIO_FRAME_MS } from '@app/vircadia';
import type { Histogram } from './histogram.js';

/** A frame so much later than the quickest ones is too late to be played. */
const LATE_MS = 100;
/** How much the expected time of arrival may drift: clocks of other machines, in ms per ms. */
const DRIFT = 0.0002;
const WRAP = 0x1_0000;
/** A jump of the sequence larger than this is a new stream. */
const JUMP_MAX = 1_000;

/** What one bot's ears have counted since they were cleared. */
export interface EarCounts {
  /** Frames of sound, and of silence. */
  mixes: number;
  silences: number;
  /** Sequence numbers that never came: each is a gap of 10 ms. */
  missing: number;
  late: number;
  duplicates: number;
}

/** Counts what a mixer sends to one bot. */
export class Ears {
  readonly counts: EarCounts = { mixes: 0, silences: 0, missing: 0, late: 0, duplicates: 0 };
  /** The number of the newest frame, counted without wrapping; -1 before the first. */
  newest = -1;
  private lastMs = 0;
  /** Of the quickest frame: when it came, less when it was due. */
  private baseMs = Infinity;

  /** @param intervals  takes the time between two arrivals, in ms */
  constructor(private readonly intervals: Histogram) {}

  /**
   * @param sequence  16 bits
   * @returns         the frame's number without wrapping, or -1 for one that came before
   */
  take(sequence: number, isSilence: boolean, nowMs: number): number {
    const step = this.newest < 0 ? 1 : ((sequence - (this.newest % WRAP) + 1.5 * WRAP) % WRAP) - 0.5 * WRAP;
    if (this.newest < 0) this.newest = sequence - 1;
    if (Math.abs(step) > JUMP_MAX) {
      this.newest = sequence - 1;
      this.baseMs = Infinity;
      return this.take(sequence, isSilence, nowMs);
    }
    const frame = this.newest + step;
    if (step <= 0) this.takeLate(step);
    else {
      this.counts.missing += step - 1;
      this.newest = frame;
    }
    if (isSilence) this.counts.silences++;
    else this.counts.mixes++;
    this.judgeTime(frame, nowMs);
    return frame;
  }

  /** The mixer begins anew, wherever its numbers stood. */
  restart(): void {
    this.newest = -1;
    this.lastMs = 0;
    this.baseMs = Infinity;
  }

  clear(): void {
    Object.assign(this.counts, { mixes: 0, silences: 0, missing: 0, late: 0, duplicates: 0 });
  }

  /** It was counted as missing before, unless it came twice. */
  private takeLate(step: number): void {
    if (step === 0 || this.counts.missing === 0) this.counts.duplicates++;
    else this.counts.missing--;
  }

  private judgeTime(frame: number, nowMs: number): void {
    if (this.lastMs > 0) this.intervals.add(nowMs - this.lastMs);
    const offsetMs = nowMs - frame * AUDIO_FRAME_MS;
    this.baseMs = Math.min(this.baseMs + DRIFT * (nowMs - this.lastMs), offsetMs);
    this.lastMs = nowMs;
    if (offsetMs - this.baseMs > LATE_MS) this.counts.late++;
  }
}
