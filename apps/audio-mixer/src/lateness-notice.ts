import { MIX_TICK_MS } from '@app/world';

/** Pause between two lines of the log, in ms. */
const NOTICE_INTERVAL_MS = 1_000;

/** What a line of the log says. */
export interface LatenessFields {
  /** Ticks that were left out since the last line. */
  skippedTicks: number;
  /** Ticks that began later than a whole tick since the last line, but were made up for. */
  lateTicks: number;
  /** How late the latest of them began, in ms. */
  latenessMs: number;
}

/** Says when the mixer is more than one tick behind, at most once a second, and then everything since the last time. */
export class LatenessNotice {
  private readonly fields: LatenessFields = { skippedTicks: 0, lateTicks: 0, latenessMs: 0 };
  private saidAtMs = -Infinity;

  /** @param say  writes a line; called between ticks, not for every one of them */
  constructor(private readonly say: (fields: LatenessFields) => void) {}

  /**
   * A tick has begun.
   *
   * @param latenessMs  how late it began, without the ticks that were left out
   * @param skipped     ticks that were left out before it
   */
  note(latenessMs: number, skipped: number, nowMs: number): void {
    const { fields } = this;
    if (skipped > 0) fields.skippedTicks += skipped;
    else if (latenessMs > MIX_TICK_MS) fields.lateTicks++;
    if (skipped > 0 || latenessMs > MIX_TICK_MS) {
      fields.latenessMs = Math.max(fields.latenessMs, latenessMs + skipped * MIX_TICK_MS);
    }
    if (fields.latenessMs === 0 || nowMs - this.saidAtMs < NOTICE_INTERVAL_MS) return;
    this.saidAtMs = nowMs;
    this.say({ ...fields, latenessMs: Math.round(fields.latenessMs) });
    fields.skippedTicks = 0;
    fields.lateTicks = 0;
    fields.latenessMs = 0;
  }
}
