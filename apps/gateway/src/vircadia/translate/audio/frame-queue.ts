/** Frames of 10 ms that wait to be sent, in memory of their own: as many as one late tick can bring, and some more. */
export class FrameQueue {
  private readonly memory: Uint8Array;
  private readonly sizes: Int32Array;
  private first = 0;
  private waiting = 0;

  /** Both are bounds. */
  constructor(
    private readonly framesMax: number,
    private readonly frameBytesMax: number,
  ) {
    this.memory = new Uint8Array(framesMax * frameBytesMax);
    this.sizes = new Int32Array(framesMax);
  }

  get count(): number {
    return this.waiting;
  }

  /** Takes a copy; when it is full, the oldest goes. What is larger than a frame is not taken. */
  push(frame: Uint8Array): void {
    if (frame.length > this.frameBytesMax) return;
    if (this.waiting === this.framesMax) this.drop();
    const place = (this.first + this.waiting) % this.framesMax;
    this.memory.set(frame, place * this.frameBytesMax);
    this.sizes[place] = frame.length;
    this.waiting++;
  }

  /** The oldest, good until the next `push`; undefined when there is none. */
  shift(): Uint8Array | undefined {
    if (this.waiting === 0) return undefined;
    const from = this.first * this.frameBytesMax;
    const frame = this.memory.subarray(from, from + this.sizes[this.first]);
    this.drop();
    return frame;
  }

  clear(): void {
    this.waiting = 0;
  }

  private drop(): void {
    this.first = (this.first + 1) % this.framesMax;
    this.waiting--;
  }
}
