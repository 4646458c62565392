import { SEQUENCE_MAX, sequencePlus, sequenceSteps } from './sequence.js';

/** No packet of a stream is this many steps from the next one: senders wait for acknowledgements long before. */
const STREAM_STEPS_MAX = 65_536;

/** What became of a reliable packet. All but `no-handshake` and `foreign` are to be acknowledged, with `lastInOrder`. */
export type Reception =
  /** It came first, or filled a gap: it and those that waited for it are delivered. */
  | 'in-order'
  /** Something before it is missing: it waits. */
  | 'waiting'
  /** It has been here before. */
  | 'duplicate'
  /** It is further ahead than anything may wait: its sender will send it again. */
  | 'too-far'
  /** It belongs to another stream: a late copy, or somebody else has begun a stream in its sender's name. */
  | 'foreign'
  /** Its sender has not said where the stream begins: ask it to. */
  | 'no-handshake';

/**
 * The receiving end of one reliable stream (specification B.5, B.6): puts packets in order and keeps what came too early.
 *
 * Whatever is missing is not acknowledged, so that packets which there is no room for are lost for a while only.
 */
export class ReceiveStream<Packet> {
  private initial: number | undefined;
  private initialBefore: number | undefined;
  /** The first number that has not been delivered. */
  private next = 0;
  private readonly waiting = new Map<number, Packet>();

  /**
   * @param waitingMax  how many packets may wait for an earlier one
   * @param keep        makes a packet outlast the call that brought it
   * @param deliver     called for each packet once, in order
   */
  constructor(
    private readonly waitingMax: number,
    private readonly keep: (packet: Packet) => Packet,
    private readonly deliver: (packet: Packet) => void,
  ) {}

  /** The number to acknowledge: the last one with nothing missing before it. */
  get lastInOrder(): number {
    return sequencePlus(this.next, -1);
  }

  /**
   * The sender begins at a number. The same number again changes nothing; another one means a new stream, and all that
   * was known of the old one is forgotten.
   *
   * @returns  what to do: answer, after a new stream or not; or nothing, because the handshake is a late copy
   */
  handshake(initial: number): 'new' | 'known' | 'stale' {
    if (initial === this.initial) return 'known';
    // A copy of an old handshake that was long on its way would kill the stream that took its place.
    if (initial === this.initialBefore) return 'stale';
    this.initialBefore = this.initial;
    this.initial = initial;
    this.next = initial;
    this.waiting.clear();
    return 'new';
  }

  receive(sequence: number, packet: Packet): Reception {
    if (this.initial === undefined) return 'no-handshake';
    const ahead = sequenceSteps(this.next, sequence);
    if (Math.min(ahead, SEQUENCE_MAX - ahead) > STREAM_STEPS_MAX) return 'foreign';
    if (ahead > 0x03ff_ffff) return 'duplicate';
    if (ahead > this.waitingMax) return 'too-far';
    if (ahead > 0) return this.wait(sequence, packet);
    this.advance(packet);
    return 'in-order';
  }

  private wait(sequence: number, packet: Packet): Reception {
    if (this.waiting.has(sequence)) return 'duplicate';
    this.waiting.set(sequence, this.keep(packet));
    return 'waiting';
  }

  private advance(first: Packet): void {
    for (let packet: Packet | undefined = first; packet !== undefined; packet = this.waiting.get(this.next)) {
      this.waiting.delete(this.next);
      this.next = sequencePlus(this.next, 1);
      this.deliver(packet);
    }
  }
}
