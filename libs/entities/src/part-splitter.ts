import { corrupt, SNAPSHOT_PART_BYTES_MAX } from './snapshot-parts.js';

/** Bytes of a length in front of a part: SNAPSHOT_PART_BYTES_MAX fits four groups of seven bits. */
const LENGTH_BYTES_MAX = 4;

/** Finds the parts in a stream of length-delimited ones, however it is cut into chunks. */
export class PartSplitter {
  /** Chunks, or what is left of them, that belong to the part that comes next. */
  private waiting: Uint8Array[] = [];
  private waitingBytes = 0;
  private length?: number;

  /** @param onPart  gets each part once it is whole; must not keep it, unless it copies */
  constructor(private readonly onPart: (part: Uint8Array) => void) {}

  /** Takes the next chunk. Fails with `snapshot-corrupt`, or as `onPart` does. */
  push(chunk: Uint8Array): void {
    this.waiting.push(chunk);
    this.waitingBytes += chunk.length;
    for (;;) {
      this.length ??= this.readLength();
      if (this.length === undefined || this.waitingBytes < this.length) return;
      const part = this.take(this.length);
      this.length = undefined;
      this.onPart(part);
    }
  }

  /** There is nothing more. Fails with `snapshot-corrupt` in the middle of a part. */
  end(): void {
    if (this.waitingBytes > 0 || this.length !== undefined) throw corrupt('It ends in the middle.');
  }

  private readLength(): number | undefined {
    if (this.waiting.length > 1 && this.waiting[0].length < LENGTH_BYTES_MAX) this.join();
    const bytes = this.waiting[0];
    let length = 0;
    for (let i = 0; bytes && i < bytes.length; i++) {
      if (i === LENGTH_BYTES_MAX) break;
      length += (bytes[i] & 0x7f) * 128 ** i;
      if (bytes[i] > 0x7f) continue;
      if (length > SNAPSHOT_PART_BYTES_MAX) break;
      this.take(i + 1);
      return length;
    }
    if (this.waitingBytes >= LENGTH_BYTES_MAX) throw corrupt('A part is too large.');
    return undefined;
  }

  private take(count: number): Uint8Array {
    if (this.waiting.length > 1 && this.waiting[0].length < count) this.join();
    const [first] = this.waiting;
    if (count === 0) return new Uint8Array();
    this.waitingBytes -= count;
    if (first.length > count) this.waiting[0] = first.subarray(count);
    else this.waiting.shift();
    return first.subarray(0, count);
  }

  private join(): void {
    const all = new Uint8Array(this.waitingBytes);
    let at = 0;
    for (const chunk of this.waiting) {
      all.set(chunk, at);
      at += chunk.length;
    }
    this.waiting = [all];
  }
}
