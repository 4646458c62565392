import { PCM_FRAMES } from '@app/world';

/** Packets by which a sequence may jump and still be the same stream: five seconds. */
const JUMP_MAX = 500;
/** Samples at 48 kHz of one packet. */
const PACKET_FRAMES = 2 * PCM_FRAMES;

/**
 * Numbers the packets of one voice as RTP would: sequences that skip only what is lost, and timestamps at 48 kHz that go on
 * in silence. A client numbers silent packets as well, and those are not passed on but for the first of them. Pure.
 */
export class VoiceTimeline {
  /** Of the packet numbered last. */
  sequence = 0;
  timestamp = 0;
  /** Packets that came, and that should have come. */
  received = 0;
  expected = 0;
  /** Packets that came behind a later one. */
  late = 0;
  private newest = 0;
  private skipped = 0;
  private isStarted = false;
  private isResting = true;

  /** The client's own number of the newest packet, 16 bits. */
  get newestSequence(): number {
    return this.newest & 0xffff;
  }

  /** A packet with sound. @param given  its sequence, 16 bits */
  speak(given: number): void {
    const place = this.placeOf(given);
    this.isResting = false;
    this.number(place);
  }

  /** A packet without. Returns whether the mixers have to be told, which is so once in each silence. */
  rest(given: number): boolean {
    const before = this.newest;
    const place = this.placeOf(given);
    if (this.isResting) {
      this.skipped += Math.max(0, place - before);
      return false;
    }
    // One that was overtaken does not end what has begun after it.
    if (place < this.newest) return false;
    this.isResting = true;
    this.number(place);
    return true;
  }

  private number(place: number): void {
    this.sequence = (place - this.skipped) & 0xffff;
    this.timestamp = (place * PACKET_FRAMES) >>> 0;
  }

  /** The packet's place in the stream; counts on where 16 bits end. */
  private placeOf(given: number): number {
    this.received++;
    if (!this.isStarted) {
      this.isStarted = true;
      this.expected = 1;
      return (this.newest = given);
    }
    const ahead = ((given - this.newest) << 16) >> 16;
    if (ahead <= 0 && ahead > -JUMP_MAX) {
      if (ahead < 0) this.late++;
      return this.newest + ahead;
    }
    if (ahead > JUMP_MAX || ahead < 0) {
      // The client counts anew: what it says now follows on what it has said.
      const place = (this.newest & ~0xffff) + 0x1_0000 + given;
      this.skipped += place - this.newest - 1;
      this.expected++;
      return (this.newest = place);
    }
    this.expected += ahead;
    return (this.newest += ahead);
  }
}
