import { DownlinkBatch } from '@app/roster';
import { encodeMessage, type vicinity } from '@app/wire';
import type { InstanceId } from '@app/world';

/** The mixes for one gateway, and how many of its sessions this mixer serves. */
interface Downlink {
  batch: DownlinkBatch<vicinity.v1.IMixPacket>;
  listeners: number;
}

/** What goes to the gateways of one world: a message for each in every tick, as long as it has a listener here. */
export class Downlinks {
  /** Packets added since `takeCounts`, and their bytes. */
  private packets = 0;
  private bytes = 0;
  private readonly byGateway = new Map<InstanceId, Downlink>();

  constructor(
    private readonly mixerId: InstanceId,
    private readonly publish: (gatewayId: InstanceId, message: Uint8Array) => void,
  ) {}

  /** Begins to count anew who has listeners; those for whom nobody calls `expect` until `endCount` are forgotten. */
  beginCount(): void {
    for (const downlink of this.byGateway.values()) downlink.listeners = 0;
  }

  /** The gateway has one more listener here. */
  expect(gatewayId: InstanceId): void {
    let downlink = this.byGateway.get(gatewayId);
    if (!downlink) this.byGateway.set(gatewayId, (downlink = { batch: this.createBatch(gatewayId), listeners: 0 }));
    downlink.listeners++;
  }

  endCount(): void {
    for (const [gatewayId, { listeners }] of this.byGateway) if (listeners === 0) this.byGateway.delete(gatewayId);
  }

  /** The packet's bytes have to stay as they are until `flush`. */
  add(gatewayId: InstanceId, tick: number, packet: vicinity.v1.IMixPacket): void {
    this.byGateway.get(gatewayId)?.batch.add(tick, packet);
    this.packets++;
    this.bytes += sizeOf(packet);
  }

  /** Ends the tick. Every gateway gets a message, also without any mix: it takes silence for death. */
  flush(tick: number): void {
    for (const { batch } of this.byGateway.values()) batch.flush(tick, true);
  }

  /** Adds what was sent since the last call. */
  takeCounts(counts: { packetsOut: number; bytesOut: number }): void {
    counts.packetsOut += this.packets;
    counts.bytesOut += this.bytes;
    this.packets = 0;
    this.bytes = 0;
  }

  clear(): void {
    this.byGateway.clear();
  }

  private createBatch(gatewayId: InstanceId): DownlinkBatch<vicinity.v1.IMixPacket> {
    const send = (tick: number, packets: vicinity.v1.IMixPacket[]): void => {
      this.publish(gatewayId, encodeMessage('AudioDownlink', { mixerId: this.mixerId, tick: tick >>> 0, packets }));
    };
    return new DownlinkBatch(sizeOf, send);
  }
}

function sizeOf({ opus, pcm }: vicinity.v1.IMixPacket): number {
  return (opus?.length ?? 0) + (pcm?.length ?? 0);
}
