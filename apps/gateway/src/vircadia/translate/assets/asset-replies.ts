import type { MessageOutlet, PacketTypeName } from '@app/vircadia';
import type { AssetDesk } from '../../assets/asset-desk.js';
import type { StreamingPort } from '../translator.js';

/** Bytes that are read ahead of what is sent, of each file; one chunk more may come. */
const AHEAD_BYTES = 65_536;
/** Files go out while fewer packets than this wait to be acknowledged: several windows, and little beside a queue. */
const PENDING_PACKETS_MAX = 64;

/** One reply under way. */
interface Reply {
  readonly outlet: MessageOutlet;
  readonly source: AsyncIterator<Uint8Array>;
  readonly waiting: Uint8Array[];
  waitingBytes: number;
  isReading: boolean;
  /** Nothing more comes. */
  isRead: boolean;
  readonly done: () => void;
}

/** Replies that are too large to be sent at once, to one client: each goes on as fast as the client takes it. */
export class AssetReplies {
  private readonly running = new Set<Reply>();

  constructor(
    private readonly port: StreamingPort,
    private readonly desk: Pick<AssetDesk, 'takeBytes'>,
  ) {}

  /** Sends a message; resolves when its last byte is under way, or it was broken off. A source that fails ends it early. */
  send(name: PacketTypeName, source: AsyncIterable<Uint8Array>): Promise<void> {
    return new Promise((done) => {
      const reply: Reply = {
        outlet: this.port.openMessage(name),
        source: source[Symbol.asyncIterator](),
        waiting: [],
        waitingBytes: 0,
        isReading: false,
        isRead: false,
        done,
      };
      this.running.add(reply);
      this.read(reply);
    });
  }

  tick(nowMs: number): void {
    // In turn, a piece each.
    let isMoving = this.running.size > 0;
    while (isMoving) {
      isMoving = false;
      for (const reply of this.running) {
        if (this.port.pendingCount >= PENDING_PACKETS_MAX) return;
        if (this.sendPiece(reply, nowMs)) isMoving = true;
      }
    }
  }

  /** Breaks everything off: the client has begun anew, or is gone. */
  clear(): void {
    for (const reply of this.running) this.end(reply);
  }

  private sendPiece(reply: Reply, nowMs: number): boolean {
    const { pieceBytes } = reply.outlet;
    const isLast = reply.isRead && reply.waitingBytes <= pieceBytes;
    if (!isLast && reply.waitingBytes < pieceBytes) return false;
    if (!this.desk.takeBytes(Math.min(pieceBytes, reply.waitingBytes), nowMs)) return false;
    const piece = takePiece(reply, pieceBytes);
    const isSent = reply.outlet.send(piece, isLast, nowMs);
    if (isLast || !isSent) this.end(reply);
    else this.read(reply);
    return true;
  }

  private read(reply: Reply): void {
    if (reply.isReading || reply.isRead || reply.waitingBytes >= AHEAD_BYTES) return;
    reply.isReading = true;
    reply.source.next().then(
      ({ done, value }) => {
        reply.isReading = false;
        if (done) reply.isRead = true;
        else {
          reply.waiting.push(value);
          reply.waitingBytes += value.length;
          this.read(reply);
        }
      },
      () => {
        reply.isReading = false;
        reply.isRead = true;
      },
    );
  }

  private end(reply: Reply): void {
    this.running.delete(reply);
    // What it reads from is ended as well, however it takes that.
    void reply.source.return?.().catch(() => undefined);
    reply.done();
  }
}

/** The next bytes, as many as there are up to that many. */
function takePiece(reply: Reply, bytesMax: number): Uint8Array {
  const piece = Buffer.allocUnsafe(Math.min(bytesMax, reply.waitingBytes));
  let at = 0;
  while (at < piece.length) {
    const [first] = reply.waiting;
    const part = first.subarray(0, piece.length - at);
    piece.set(part, at);
    at += part.length;
    if (part.length === first.length) reply.waiting.shift();
    else reply.waiting[0] = first.subarray(part.length);
  }
  reply.waitingBytes -= piece.length;
  return piece;
}
