import {
  type AvatarRecord,
  ByteReader,
  ByteWriter,
  CODECS_TO_CLIENT,
  CODECS_TO_SERVER,
  type Delivery,
  PACKET_TYPES,
  type PacketTypeName,
  PacketType,
  type PayloadOf,
  payloadBytesMax,
} from '@app/vircadia';
import { PrometheusMetrics } from '@app/runtime';
import { type MessageFields, decodeMessage, encodeMessage } from '@app/wire';
import type { SessionId } from '@app/world';
import type { ChannelHandlers } from '../src/session/client-channel.js';
import type { AvatarDetails } from '../src/avatars/world-details.js';
import { GatewayMetrics } from '../src/gateway.metrics.js';
import type { NodePort, SessionPort } from '../src/vircadia/translate/translator.js';
import { AvatarState } from '../src/vircadia/translate/avatars/avatar-state.js';
import { AvatarTranslator } from '../src/vircadia/translate/avatars/avatar-translator.js';

type ToClient = typeof CODECS_TO_CLIENT;
type ToServer = typeof CODECS_TO_SERVER;

/** A packet that a client got. */
export interface GotPacket {
  readonly name: PacketTypeName;
  readonly payload: Uint8Array;
  readonly delivery: Delivery;
}

/** Where what a client says goes on to. */
export type AvatarHandlers = Partial<Pick<ChannelHandlers, 'onReliable' | 'onRealtime' | 'onDetail'>>;

/** One client of Vircadia as its translator for avatars sees it: what it sends goes in, what it gets is kept. */
export class AvatarClient implements NodePort {
  readonly got: GotPacket[] = [];
  readonly reliable: Array<MessageFields<'ClientReliable'>> = [];
  readonly realtime: Array<MessageFields<'ClientRealtime'>> = [];
  readonly details: Uint8Array[] = [];
  readonly drops: string[] = [];
  readonly translator: AvatarTranslator;
  pendingCount = 0;
  /** Whether what is sent gets as far as to the client. */
  isOpen = true;
  sequence = 0;

  constructor(
    readonly sessionId: SessionId,
    avatars: AvatarDetails,
    readonly isWeb = false,
    handlers: AvatarHandlers = {},
    avatarUrl = '',
  ) {
    const session: SessionPort = {
      sessionId,
      world: 'main',
      reliable: (message) => {
        this.reliable.push(message);
        handlers.onReliable?.(encodeMessage('ClientReliable', message));
      },
      realtime: (message) => {
        this.realtime.push(message);
        handlers.onRealtime?.(encodeMessage('ClientRealtime', message));
      },
      nextRequest: () => 1,
      voice: () => undefined,
      setSound: () => undefined,
      ears: () => undefined,
      detail: (detail, full) => {
        this.details.push(detail.slice());
        handlers.onDetail?.(detail, full);
      },
    };
    const metrics = new GatewayMetrics(new PrometheusMetrics());
    metrics.countDrop = (reason) => void this.drops.push(reason);
    this.translator = new AvatarTranslator(this, session, { avatarsOf: () => avatars, avatarUrl, metrics });
  }

  // --- NodePort ------------------------------------------------------------------------------------------------------

  send<Name extends keyof ToClient & PacketTypeName>(
    name: Name,
    value: PayloadOf<ToClient[Name]>,
    nowMs: number,
    delivery?: Delivery,
  ): boolean {
    const writer = ByteWriter.growing(1_048_576);
    (CODECS_TO_CLIENT[name].write as (writer: ByteWriter, value: unknown) => void)(writer, value);
    return this.sendPayload(name, writer.written(), nowMs, delivery);
  }

  sendPayload(name: PacketTypeName, payload: Uint8Array, _nowMs: number, delivery?: Delivery): boolean {
    if (!this.isOpen) return false;
    const type = PacketType[name];
    const way = delivery ?? PACKET_TYPES[type].delivery;
    if (way !== 'message' && payload.length > payloadBytesMax(type)) throw new Error(`${name} is too large`);
    this.got.push({ name, payload: payload.slice(), delivery: way });
    return true;
  }

  // --- The client ----------------------------------------------------------------------------------------------------

  /** Sends a packet of this type. */
  say<Name extends keyof ToServer & PacketTypeName>(name: Name, value: PayloadOf<ToServer[Name]>, nowMs = 0): void {
    const writer = ByteWriter.growing(65_536);
    (CODECS_TO_SERVER[name].write as (writer: ByteWriter, value: unknown) => void)(writer, value);
    this.translator.onPacket(name, writer.written(), 0, nowMs);
  }

  /** Says where it is and what it does. */
  show(record: AvatarRecord, nowMs = 0): void {
    this.say('AvatarData', { sequence: this.sequence++ & 0xffff, record }, nowMs);
  }

  /** What it got of a type, read. */
  all<Name extends keyof ToClient & PacketTypeName>(name: Name): Array<PayloadOf<ToClient[Name]>> {
    return this.got
      .filter((packet) => packet.name === name)
      .map(({ payload }) => CODECS_TO_CLIENT[name].read(new ByteReader(payload)) as PayloadOf<ToClient[Name]>);
  }

  /** What it knows of all avatars by the records that it got. */
  records(): Map<string, AvatarRecord> {
    const states = new Map<string, AvatarState>();
    for (const { id, record } of this.all('BulkAvatarData').flat()) {
      const state = states.get(id) ?? new AvatarState();
      state.merge(record, 0);
      states.set(id, state);
    }
    return new Map(
      [...states].map(([id, { told, joints }]) => [
        id,
        joints.count < 0 ? told : { ...told, joints: joints.range(0, joints.count) },
      ]),
    );
  }

  hearReliable(message: MessageFields<'ServerReliable'>): void {
    this.translator.onReliable(decodeMessage('ServerReliable', encodeMessage('ServerReliable', message)));
  }

  hearRealtime(message: MessageFields<'ServerRealtime'>, nowMs = 0): void {
    this.translator.onRealtime(decodeMessage('ServerRealtime', encodeMessage('ServerRealtime', message)), nowMs);
  }

  /** The bytes of a record. */
  static bytesOf(record: AvatarRecord): Uint8Array {
    const writer = ByteWriter.growing(8_192);
    CODECS_TO_CLIENT.BulkAvatarData.write(writer, [{ id: '00000000-0000-0000-0000-000000000000', record }]);
    return writer.written(16);
  }
}
