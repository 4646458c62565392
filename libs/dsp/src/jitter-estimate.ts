/** Width of one step of the histogram, in ms. */
const STEP_MS = 1;
const STEPS = 320;
/** Weight that a packet keeps with each packet after it: half after about 70 packets. */
const KEEP = 0.99;
/** Share of packets that are meant to arrive in time; the rarest delays are cheaper to conceal than to wait for. */
const QUANTILE = 0.97;
/** The fastest packet is searched in the last one to two windows of this length, so that clock drift is forgotten. */
const WINDOW_MS = 2_000;
/** Weights are made smaller when new ones have become this large. */
const WEIGHT_MAX = 1e9;

/**
 * How much later than the fastest ones packets arrive: a histogram of their delay that slowly forgets.
 *
 * Sender and receiver have different clocks, so only differences of transit times mean something.
 */
export class JitterEstimate {
  private readonly weights = new Float64Array(STEPS);
  private total = 0;
  /** Weight of the next packet. It rises, which is the same as letting all others fall, but costs nothing. */
  private weight = 1;
  private fastestNow = Infinity;
  private fastestBefore = Infinity;
  private windowEndMs = -Infinity;
  /** The last answer, until another packet comes; 0 when there is none. */
  private knownMs = 0;

  /**
   * @param arrivedMs  receiver's clock
   * @param sentMs     the packet's media time, sender's clock, with any offset
   * @param isTimely   false when it was the receiver that came late to the packet: that says nothing about the network
   * @returns how much later than the fastest recent packet this one is, in ms
   */
  add(arrivedMs: number, sentMs: number, isTimely = true): number {
    const transit = arrivedMs - sentMs;
    if (arrivedMs >= this.windowEndMs) {
      this.fastestBefore = arrivedMs >= this.windowEndMs + WINDOW_MS ? Infinity : this.fastestNow;
      this.fastestNow = Infinity;
      this.windowEndMs = arrivedMs + WINDOW_MS;
    }
    if (transit < this.fastestNow) this.fastestNow = transit;
    const late = transit - Math.min(this.fastestNow, this.fastestBefore);
    if (!isTimely) return late;
    this.weights[Math.min(STEPS - 1, Math.floor(late / STEP_MS))] += this.weight;
    this.total += this.weight;
    this.weight /= KEEP;
    this.knownMs = 0;
    if (this.weight > WEIGHT_MAX) this.rescale();
    return late;
  }

  /** Delay that all but the rarest packets stay below, in ms: 1 to 320. */
  get jitterMs(): number {
    if (this.knownMs === 0) this.knownMs = this.findJitterMs();
    return this.knownMs;
  }

  private findJitterMs(): number {
    const wanted = QUANTILE * this.total;
    let sum = 0;
    for (let step = 0; step < STEPS; step++) {
      sum += this.weights[step];
      if (sum >= wanted) return (step + 1) * STEP_MS;
    }
    return STEPS * STEP_MS;
  }

  /** Transit times start anew (another sender clock); what was learned about the network stays. */
  restartClock(): void {
    this.fastestNow = Infinity;
    this.fastestBefore = Infinity;
    this.windowEndMs = -Infinity;
  }

  private rescale(): void {
    this.total = 0;
    for (let step = 0; step < STEPS; step++) {
      this.weights[step] /= this.weight;
      this.total += this.weights[step];
    }
    this.weight = 1;
  }
}
