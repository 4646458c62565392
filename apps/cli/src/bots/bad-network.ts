import type { Clock } from '@app/clock';

/** What a network does to datagrams, both ways of one bot. */
export interface NetworkFaults {
  /** From 0 to 1. */
  readonly lossShare: number;
  /** How much later a datagram may arrive, evenly spread: they overtake each other. */
  readonly jitterMs: number;
}

/** Loses and delays what passes, by a chance that repeats. */
export class BadNetwork {
  lostCount = 0;

  /** @param chance  in [0, 1) */
  constructor(
    private readonly clock: Clock,
    private readonly faults: NetworkFaults,
    private readonly chance: () => number,
  ) {}

  pass(datagram: Uint8Array, arrive: (datagram: Uint8Array) => void): void {
    const { lossShare, jitterMs } = this.faults;
    if (lossShare > 0 && this.chance() < lossShare) {
      this.lostCount++;
      return;
    }
    if (jitterMs > 0) {
      // What arrives is lent for the call only.
      const kept = datagram.slice();
      this.clock.after(this.chance() * jitterMs, () => arrive(kept));
      return;
    }
    arrive(datagram);
  }
}
