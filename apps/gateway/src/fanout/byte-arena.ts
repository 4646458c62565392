/** Copies of many small pieces of bytes that are all done with at the same time. */
export class ByteArena {
  private readonly memory: Uint8Array;
  private used = 0;

  /** @param sizeBytes  for which memory is kept; what is more gets memory of its own */
  constructor(sizeBytes: number) {
    this.memory = new Uint8Array(sizeBytes);
  }

  /** A copy, good until `clear`. */
  keep(bytes: Uint8Array): Uint8Array {
    const end = this.used + bytes.length;
    if (end > this.memory.length) return Uint8Array.from(bytes);
    this.memory.set(bytes, this.used);
    const copy = this.memory.subarray(this.used, end);
    this.used = end;
    return copy;
  }

  /** All copies are done with. */
  clear(): void {
    this.used = 0;
  }
}
