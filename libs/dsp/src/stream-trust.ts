/** Good packets in a row after which a stream is believed again: 160 ms of 20 ms packets. Garbage rarely has so many. */
const PROOF_PACKETS = 8;
/** The same for a stream that has disappointed before: half a second. */
const PROOF_PACKETS_MORE = 25;
/** Good packets after which nothing is held against a stream any more. */
const FORGIVEN_PACKETS = 500;

/**
 * Whether to believe what a stream says. Among garbage there are packets that happen to be Opus, and nothing tells their
 * noise from sound; but where one packet was broken, the next ones have to be sound ones for a while before one is played.
 */
export class StreamTrust {
  private proofLeft = 0;
  private goodInARow = FORGIVEN_PACKETS;

  /** Whether packets are counted but not played now. */
  get isSuspended(): boolean {
    return this.proofLeft > 0;
  }

  /** A packet was no packet. */
  packetBroken(): void {
    this.proofLeft = this.goodInARow >= FORGIVEN_PACKETS ? PROOF_PACKETS : PROOF_PACKETS_MORE;
    this.goodInARow = 0;
  }

  /** A packet looks good. Returns false when it must not be played all the same. */
  packetGood(): boolean {
    if (this.goodInARow < FORGIVEN_PACKETS) this.goodInARow++;
    if (this.proofLeft === 0) return true;
    this.proofLeft--;
    return false;
  }
}
