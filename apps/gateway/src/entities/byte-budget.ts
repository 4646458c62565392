/** Bytes that several queues may hold together. */
export class ByteBudget {
  private bytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** Takes bytes if they are there; takes none otherwise. */
  take(sizeBytes: number): boolean {
    if (this.bytes + sizeBytes > this.bytesMax) return false;
    this.bytes += sizeBytes;
    return true;
  }

  /** Gives back what was taken. */
  giveBack(sizeBytes: number): void {
    this.bytes -= sizeBytes;
  }
}
