import { encodeMessage, type vicinity } from '@app/wire';
import { BATCH_BYTES_MAX, type InstanceId } from '@app/world';

/** What a ListenerPayload adds to its bytes, at most. */
const PAYLOAD_OVERHEAD_BYTES = 16;

/** Collects what one tick has for one gateway and publishes it as few messages of bounded size. */
export class DownlinkBatch {
  private payloads: vicinity.v1.IListenerPayload[] = [];
  private bytes = 0;
  private publishedCount = 0;

  constructor(
    private readonly mixerId: InstanceId,
    private readonly publish: (message: Uint8Array) => void,
  ) {}

  add(tick: number, payload: vicinity.v1.IListenerPayload): void {
    const size = PAYLOAD_OVERHEAD_BYTES + (payload.realtime?.length ?? 0) + (payload.reliable?.length ?? 0);
    if (this.payloads.length > 0 && this.bytes + size > BATCH_BYTES_MAX) this.send(tick);
    this.payloads.push(payload);
    this.bytes += size;
  }

  /** Publishes the rest; an empty message if nothing was published and `isSignDue`. True if anything was published. */
  flush(tick: number, isSignDue: boolean): boolean {
    if (this.payloads.length > 0 || (isSignDue && this.publishedCount === 0)) this.send(tick);
    const hasPublished = this.publishedCount > 0;
    this.publishedCount = 0;
    return hasPublished;
  }

  private send(tick: number): void {
    this.publish(encodeMessage('AvatarDownlink', { mixerId: this.mixerId, tick: tick >>> 0, payloads: this.payloads }));
    this.payloads = [];
    this.bytes = 0;
    this.publishedCount++;
  }
}
