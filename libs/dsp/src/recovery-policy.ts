/** Weight of one packet in the rate of loss: half of it is forgotten after about 70 packets. */
const WEIGHT = 0.01;
/** Rate of loss from which on recovery is worth its price: two packets within a second or so. */
const LOSS_MIN = 0.015;
/** Packets without loss after which recovery is given up: half a minute of 20 ms packets. */
const CLEAN_PACKETS = 1_500;
/** Packets without a copy after which the sender is taken not to make any; none are made in pauses. */
const COPYLESS_PACKETS = 500;

/**
 * Decides whether lost packets of a voice are to be recovered from copies in later ones. That costs a slower decoder, and
 * the delay of one packet, since the copy is in the next: so only when packets are lost and the sender makes copies.
 */
export class RecoveryPolicy {
  private lossRate = 0;
  private packetsSinceLoss = CLEAN_PACKETS;
  private packetsSinceCopy = COPYLESS_PACKETS;
  private isOn = false;

  /** Whether recovery is worth its price now. */
  get isWanted(): boolean {
    return this.isOn;
  }

  /** Share of packets that were lost lately, 0 to 1. */
  get loss(): number {
    return this.lossRate;
  }

  /** So many packets in a row have been lost. */
  packetsLost(count: number): void {
    for (let lost = 0; lost < Math.min(count, 1 / WEIGHT); lost++) this.lossRate += (1 - this.lossRate) * WEIGHT;
    this.packetsSinceLoss = 0;
  }

  /** A packet goes to the decoder. Returns whether `isWanted` has changed. */
  packetPlayed(hasCopy: boolean): boolean {
    this.lossRate -= this.lossRate * WEIGHT;
    this.packetsSinceLoss++;
    this.packetsSinceCopy = hasCopy ? 0 : this.packetsSinceCopy + 1;
    const wasOn = this.isOn;
    const isPossible = this.packetsSinceCopy < COPYLESS_PACKETS && this.packetsSinceLoss < CLEAN_PACKETS;
    this.isOn = isPossible && (wasOn || this.lossRate >= LOSS_MIN);
    return this.isOn !== wasOn;
  }
}
