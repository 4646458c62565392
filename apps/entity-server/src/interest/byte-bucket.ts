/** A token bucket of bytes: what one viewer may get. It may be overdrawn once, and is silent until that is made up for. */
export class ByteBucket {
  private bytes: number;
  private filledAtMs: number;

  /**
   * @param bytesPerSecond  in the long run
   * @param burstBytes      at most that much is saved up
   */
  constructor(
    private readonly bytesPerSecond: number,
    private readonly burstBytes: number,
    nowMs: number,
  ) {
    this.bytes = burstBytes;
    this.filledAtMs = nowMs;
  }

  /** What there is at this time; negative when it was overdrawn. */
  fill(nowMs: number): number {
    const gain = (Math.max(0, nowMs - this.filledAtMs) * this.bytesPerSecond) / 1_000;
    this.bytes = Math.min(this.burstBytes, this.bytes + gain);
    this.filledAtMs = nowMs;
    return this.bytes;
  }

  take(bytes: number): void {
    this.bytes -= bytes;
  }
}
