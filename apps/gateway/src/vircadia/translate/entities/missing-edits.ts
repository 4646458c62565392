/** Sequence numbers that are waited for; whoever leaves out more is not asked for them. */
const MISSING_MAX = 64;
/** How often a client is asked for the same packet. */
const ASKED_MAX = 3;
const ASK_INTERVAL_MS = 1_000;
const HALF = 0x8000;

/** Which of a client's edit packets have not come: they are numbered, and travel unreliably. */
export class MissingEdits {
  private newest: number | undefined;
  /** How often each was asked for. */
  private readonly missing = new Map<number, number>();
  private askedAtMs = 0;

  /** A packet has come. */
  note(sequence: number): void {
    if (this.newest === undefined) {
      this.newest = sequence;
      return;
    }
    this.missing.delete(sequence);
    const ahead = (sequence - this.newest) & 0xffff;
    if (ahead === 0 || ahead >= HALF) return;
    // A gap that is too large is a client that counts anew.
    if (ahead > MISSING_MAX) this.missing.clear();
    else for (let i = 1; i < ahead; i++) this.missing.set((this.newest + i) & 0xffff, 0);
    this.newest = sequence;
    for (const [oldest] of this.missing) {
      if (this.missing.size <= MISSING_MAX) break;
      this.missing.delete(oldest);
    }
  }

  /** What to ask for now: empty most of the time. */
  due(nowMs: number): number[] {
    if (this.missing.size === 0 || nowMs - this.askedAtMs < ASK_INTERVAL_MS) return [];
    this.askedAtMs = nowMs;
    for (const [sequence, asked] of this.missing) {
      if (asked >= ASKED_MAX) this.missing.delete(sequence);
      else this.missing.set(sequence, asked + 1);
    }
    return [...this.missing.keys()];
  }
}
