/** Loudness at which somebody counts as speaking: -50 dBov on the wire's scale of dBov + 127. */
const SPEAKING_LOUDNESS = 77;
/** Speech has pauses; the sign stays on through them, in ms. */
const SPEAKING_HOLD_MS = 350;
/** Loudness shown as 1. Voices rarely go above -12 dBov. */
const LOUDNESS_FULL = 115;

/** Turns loudness as it travels (0 silent to 127 full scale) into what people see. */
export class SpeechMeter {
  private loudness = 0;
  private updatedMs = -Infinity;
  private speakingUntilMs = -Infinity;

  /** Takes a loudness that has just arrived. */
  handle(loudness: number, nowMs: number): void {
    this.loudness = Math.min(127, Math.max(0, loudness));
    this.updatedMs = nowMs;
    if (this.loudness >= SPEAKING_LOUDNESS) this.speakingUntilMs = nowMs + SPEAKING_HOLD_MS;
  }

  /** Whether the person speaks. */
  isSpeaking(nowMs: number): boolean {
    return nowMs < this.speakingUntilMs;
  }

  /** How loud, from 0 to 1, for a mouth or a halo; falls to 0 when no news comes. */
  level(nowMs: number): number {
    if (nowMs - this.updatedMs > SPEAKING_HOLD_MS) return 0;
    return Math.min(
      1,
      Math.max(0, (this.loudness - SPEAKING_LOUDNESS + 10) / (LOUDNESS_FULL - SPEAKING_LOUDNESS + 10)),
    );
  }
}

/** A linear level of the microphone (root mean square, 0 to 1) on the wire's scale. */
export function loudnessOf(rms: number): number {
  return rms <= 0 ? 0 : Math.round(Math.min(127, Math.max(0, 20 * Math.log10(rms) + 127)));
}
