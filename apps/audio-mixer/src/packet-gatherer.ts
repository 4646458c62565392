import { joinOpusPackets } from '@app/opus';
import { MIX_TICK_MS } from '@app/world';

/** Sends a packet that ends with a tick. */
export type SendPacket = (tick: number, opus: Uint8Array) => void;

/**
 * Makes the packets of several ticks one longer packet. Encoding stays a matter of every tick, so that its cost is spread
 * evenly; what is saved is the headers on the wire.
 */
export class PacketGatherer {
  private readonly countMax: number;
  private readonly waiting: Uint8Array[] = [];
  /** Of the last packet that waits. */
  private tick = 0;

  /** @param frameMs  duration of what is sent, in ms; up to a tick, packets go out as they come */
  constructor(
    frameMs: number,
    private readonly send: SendPacket,
  ) {
    this.countMax = Math.max(1, Math.floor(frameMs / MIX_TICK_MS));
  }

  /** Takes a packet of this tick. */
  add(tick: number, opus: Uint8Array): void {
    if (this.countMax === 1) return this.send(tick, opus);
    // What belongs together follows on each other.
    if (tick !== this.tick + 1) this.flush();
    this.tick = tick;
    this.waiting.push(opus);
    if (this.waiting.length === this.countMax) this.flush();
  }

  /** Sends what waits: nothing follows for now. */
  flush(): void {
    const { waiting, tick, send } = this;
    if (waiting.length === 0) return;
    const joined = joinOpusPackets(waiting);
    // What cannot be one packet goes out as several, each with its own tick, so that its place in time is right.
    if (joined) send(tick, joined);
    else waiting.forEach((opus, index) => send(tick - (waiting.length - 1 - index), opus));
    waiting.length = 0;
  }
}
