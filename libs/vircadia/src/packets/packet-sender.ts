import type { Codec } from '../coding/codec.js';
import type { Connection } from '../transport/connection.js';
import { datagramOf, datagramToSendOnce, messageParts, messagePayload } from './datagrams.js';
import type { PacketIdentity } from './nl-header.js';
import { type Delivery, PACKET_TYPES, PacketType, type PacketTypeName } from './packet-types.js';

/** What a packet of a type says. */
export type PayloadOf<Entry> = Entry extends Codec<infer Value> ? Value : never;

/** Sends values as packets of one node: each by the codec of its type, and the way in which its type travels. */
export class PacketSender<Table> {
  /**
   * @param codecs           CODECS_TO_CLIENT for servers, CODECS_TO_SERVER for clients, or a table with more in it
   * @param identity         whose packets they are; may be replaced when it becomes another one
   * @param messageBytesMax  of one message
   */
  constructor(
    private readonly connection: Connection,
    private readonly codecs: Table,
    public identity: PacketIdentity,
    private readonly messageBytesMax: number,
  ) {}

  /**
   * Sends one packet or message. Fails with `vircadia-packet-too-large` for what does not fit.
   *
   * @param delivery  where it is not that of the type: a first scene, a list of one
   * @returns         false when so much is under way that it was not sent
   */
  send<Name extends keyof Table & PacketTypeName>(
    name: Name,
    value: PayloadOf<Table[Name]>,
    nowMs: number,
    delivery: Delivery = PACKET_TYPES[PacketType[name]].delivery,
  ): boolean {
    const type = PacketType[name];
    const codec = this.codecs[name] as Codec<PayloadOf<Table[Name]>>;
    if (delivery === 'message') {
      const payload = messagePayload(this.messageBytesMax, (writer) => codec.write(writer, value));
      return this.connection.sendMessage(messageParts(type, this.identity, payload), nowMs);
    }
    const make = delivery === 'reliable' ? datagramOf : datagramToSendOnce;
    const datagram = make(type, this.identity, (writer) => codec.write(writer, value));
    if (delivery === 'reliable') return this.connection.sendReliable(datagram, nowMs);
    this.connection.sendUnreliable(datagram);
    return true;
  }
}
