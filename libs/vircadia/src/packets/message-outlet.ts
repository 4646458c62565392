import type { Connection } from '../transport/connection.js';
import { MessagePosition } from '../transport/data-header.js';
import { messagePart, partBytesMax } from './datagrams.js';
import type { PacketIdentity } from './nl-header.js';

/**
 * A message that is sent in pieces, as they come and as there is room: files are larger than anything that should wait in a
 * connection. Several can be under way beside each other. When the connection begins anew, it is broken off.
 */
export class MessageOutlet {
  private readonly number: number;
  private part = 0;

  constructor(
    private readonly connection: Connection,
    private readonly type: number,
    private readonly identity: PacketIdentity,
  ) {
    this.number = connection.openMessage();
  }

  /** Bytes of every piece but the last, which may be shorter. */
  get pieceBytes(): number {
    return partBytesMax(this.type);
  }

  /** Sends the next piece; false when so much is under way that it was not sent. Nothing may follow the last. */
  send(piece: Uint8Array, isLast: boolean, nowMs: number): boolean {
    const { Only, First, Middle, Last } = MessagePosition;
    const position = this.part === 0 ? (isLast ? Only : First) : isLast ? Last : Middle;
    const datagram = messagePart(this.type, this.identity, piece);
    const isTaken = this.connection.sendPart(datagram, { position, number: this.number, part: this.part }, nowMs);
    if (isTaken) this.part++;
    return isTaken;
  }
}
