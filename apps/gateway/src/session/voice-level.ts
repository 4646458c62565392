/** A microphone of which no packet came for this long is silent, in ms: longer than any pause between packets of speech. */
const SILENT_AFTER_MS = 250;
/** How fast the shown loudness falls, in steps (dB) per second. */
const FALL_PER_SECOND = 120;
/** Steps by which loudness must change before it is worth telling apart from poses. */
const NOTICEABLE = 6;
const LEVEL_MAX = 127;

/** How loud somebody is, for the indicator beside a name: rises at once, falls gently, 0 without packets. Pure. */
export class VoiceLevel {
  private level = 0;
  private levelAtMs = 0;
  private heardAtMs = -Infinity;
  private told = 0;

  /** @param audioLevel  -dBov as in RFC 6464, 0 (loudest) to 127 (silence); negative when the packet does not say */
  hear(audioLevel: number, nowMs: number): void {
    const level = audioLevel < 0 ? 0 : LEVEL_MAX - audioLevel;
    this.level = Math.max(level, this.read(nowMs));
    this.levelAtMs = nowMs;
    this.heardAtMs = nowMs;
  }

  /** 0 (silent) to 127. */
  read(nowMs: number): number {
    if (nowMs - this.heardAtMs > SILENT_AFTER_MS) return 0;
    return Math.max(0, Math.round(this.level - ((nowMs - this.levelAtMs) * FALL_PER_SECOND) / 1_000));
  }

  /** The same, remembered as what others know now. */
  tell(nowMs: number): number {
    this.told = this.read(nowMs);
    return this.told;
  }

  /** Whether others should be told although nothing else has changed. */
  isNews(nowMs: number): boolean {
    const level = this.read(nowMs);
    return Math.abs(level - this.told) >= NOTICEABLE || (level === 0) !== (this.told === 0);
  }

  /** Muted, or gone. */
  silence(): void {
    this.heardAtMs = -Infinity;
  }
}
