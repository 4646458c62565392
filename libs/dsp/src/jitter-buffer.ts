/** Packets that are kept at most; a power of two. 640 ms of 10 ms packets, and much more of longer ones. */
export const JITTER_PACKETS_MAX = 64;

/** Bytes that a place for a packet has from the start; it grows when a packet needs it, up to the packet limit. */
const PLACE_BYTES = 256;

/** Late packets in a row, one after the other, after which it is the sender that has gone back: it started anew. */
const LATE_IN_A_ROW_MAX = 8;

/** What became of a packet that was pushed. */
export type PushResult = 'kept' | 'late' | 'duplicate' | 'restarted';

/** A packet in the buffer. Its memory is used again after the next `push`. */
export interface BufferedPacket {
  /** Counts on where RTP's 16 bits wrap. */
  sequence: number;
  /** Opus packet: the first `size` bytes. */
  bytes: Uint8Array;
  size: number;
  /** Duration in samples at 48 kHz. */
  frames: number;
  /** When it arrived, receiver's clock. */
  arrivedMs: number;
  /** How much later than the fastest recent packet it arrived, in ms. */
  lateMs: number;
}

interface Place extends BufferedPacket {
  isFull: boolean;
}

/**
 * Puts packets into the order in which they were sent. Knows nothing of time: when to play is VoicePlayout's decision.
 *
 * Bounded: a fixed ring of places; a packet that does not fit in front of the play position starts the buffer anew.
 */
export class JitterBuffer {
  private readonly places: Place[];
  private next = 0;
  private newest = 0;
  private isStarted = false;
  private hasTaken = false;
  private fullCount = 0;
  private lateInARow = 0;
  private lastLate = 0;

  constructor() {
    this.places = Array.from({ length: JITTER_PACKETS_MAX }, () => ({
      sequence: 0,
      bytes: new Uint8Array(PLACE_BYTES),
      size: 0,
      frames: 0,
      arrivedMs: 0,
      lateMs: 0,
      isFull: false,
    }));
  }

  /** Packets that wait. */
  get count(): number {
    return this.fullCount;
  }

  /**
   * @param sequence  RTP sequence number, 16 bits
   * @param bytes     copied; belongs to the caller again afterwards
   * @param frames    duration in samples
   */
  push(sequence: number, bytes: Uint8Array, frames: number, arrivedMs: number, lateMs: number): PushResult {
    let extended = sequence;
    let isRestart = false;
    if (this.isStarted) {
      extended = this.newest + (((sequence - this.newest) << 16) >> 16);
      const ahead = extended - this.next;
      if (ahead < 0 && this.canStartEarlier(extended)) {
        this.next = extended;
      } else if (ahead < 0 && ahead >= -JITTER_PACKETS_MAX && this.isLate(extended)) {
        return 'late';
      } else if (ahead < 0 || ahead >= JITTER_PACKETS_MAX) {
        isRestart = true;
        this.clear();
        extended = sequence;
      }
    }
    if (!this.isStarted) {
      this.isStarted = true;
      this.next = extended;
      this.newest = extended;
    }
    const place = this.places[indexOf(extended)];
    if (place.isFull) return 'duplicate';
    if (extended > this.newest) this.newest = extended;
    this.lateInARow = 0;
    fill(place, extended, bytes);
    place.frames = frames;
    place.arrivedMs = arrivedMs;
    place.lateMs = lateMs;
    this.fullCount++;
    return isRestart ? 'restarted' : 'kept';
  }

  /** The packet to be played now, or undefined when it is not there. Stays in the buffer until `advance`. */
  peek(): BufferedPacket | undefined {
    if (!this.isStarted) return undefined;
    const place = this.places[indexOf(this.next)];
    return place.isFull ? place : undefined;
  }

  /** How many packets are missing before the next one that is there; 0 when it is there or when nothing is. */
  get missingCount(): number {
    if (this.fullCount === 0) return 0;
    let missing = 0;
    while (!this.places[indexOf(this.next + missing)].isFull) missing++;
    return missing;
  }

  /** Moves the play position on by one packet, there or not. */
  advance(): void {
    const place = this.places[indexOf(this.next)];
    if (place.isFull) {
      place.isFull = false;
      this.fullCount--;
    }
    this.next++;
    this.hasTaken = true;
    if (this.newest < this.next - 1) this.newest = this.next - 1;
  }

  /** Forgets everything. */
  clear(): void {
    if (this.fullCount > 0) for (const place of this.places) place.isFull = false;
    this.fullCount = 0;
    this.isStarted = false;
    this.hasTaken = false;
  }

  /** Counts a packet that is too late. Returns false when there were so many that it is a new beginning. */
  private isLate(extended: number): boolean {
    this.lateInARow = extended === this.lastLate + 1 ? this.lateInARow + 1 : 1;
    this.lastLate = extended;
    return this.lateInARow <= LATE_IN_A_ROW_MAX;
  }

  /** Before anything was played, an older packet may still come first, as long as all fit. */
  private canStartEarlier(extended: number): boolean {
    return !this.hasTaken && this.newest - extended < JITTER_PACKETS_MAX;
  }
}

function indexOf(sequence: number): number {
  return sequence & (JITTER_PACKETS_MAX - 1);
}

function fill(place: Place, sequence: number, bytes: Uint8Array): void {
  if (place.bytes.length < bytes.length) place.bytes = new Uint8Array(bytes.length);
  place.bytes.set(bytes);
  place.size = bytes.length;
  place.sequence = sequence;
  place.isFull = true;
}
