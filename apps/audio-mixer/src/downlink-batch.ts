import { encodeMessage, type vicinity } from '@app/wire';
import { BATCH_BYTES_MAX, type InstanceId } from '@app/world';

/** What a MixPacket adds to its bytes, at most. */
const PACKET_OVERHEAD_BYTES = 16;

/** Collects the mixes of one tick for one gateway; they leave as one message, or few when they are very many. */
export class DownlinkBatch {
  private packets: vicinity.v1.IMixPacket[] = [];
  private bytes = 0;
  private isTold = false;
  /** Listeners of the gateway; a batch without any is not sent. */
  listeners = 0;

  constructor(
    private readonly mixerId: InstanceId,
    private readonly publish: (message: Uint8Array) => void,
  ) {}

  add(tick: number, packet: vicinity.v1.IMixPacket): void {
    const size = PACKET_OVERHEAD_BYTES + (packet.opus?.length ?? 0);
    if (this.bytes + size > BATCH_BYTES_MAX && this.packets.length > 0) this.send(tick);
    this.packets.push(packet);
    this.bytes += size;
  }

  /** Ends the tick: sends the rest, and at least one message, because the gateway takes silence for death. */
  flush(tick: number): void {
    if (this.packets.length > 0 || !this.isTold) this.send(tick);
    this.isTold = false;
  }

  private send(tick: number): void {
    this.publish(encodeMessage('AudioDownlink', { mixerId: this.mixerId, tick: tick >>> 0, packets: this.packets }));
    this.packets.length = 0;
    this.bytes = 0;
    this.isTold = true;
  }
}
