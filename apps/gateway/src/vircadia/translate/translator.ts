import type { CODECS_TO_CLIENT, Delivery, MessageOutlet, MessagePart, PacketTypeName, PayloadOf } from '@app/vircadia';
import type { MessageFields, MessageOf } from '@app/wire';
import type { SessionId } from '@app/world';
import type { SoundFormat, VoiceInput } from '../../session/client-channel.js';

type ToClient = typeof CODECS_TO_CLIENT;

/** A client's link to one of its nodes, as the node's translator sees it: it sends packets by their type's codec. */
export interface NodePort {
  /** False when so much is under way that it was not sent. Fails with `vircadia-packet-too-large`. */
  send<Name extends keyof ToClient & PacketTypeName>(
    name: Name,
    value: PayloadOf<ToClient[Name]>,
    nowMs: number,
    delivery?: Delivery,
  ): boolean;
  /** Sends a packet whose payload is made by hand: many records in one packet, replies without a codec of their own. */
  sendPayload(name: PacketTypeName, payload: Uint8Array, nowMs: number, delivery?: Delivery): boolean;
  /** Reliable packets that the client has not acknowledged; what could wait should wait when there are many. */
  readonly pendingCount: number;
  /** Over data channels instead of UDP: the client is a web client. */
  readonly isWeb: boolean;
}

/** A port for what is too large to be sent at once. */
export interface StreamingPort extends NodePort {
  /** The client's network address; empty while there is no way to it. */
  readonly address: string;
  /** Begins a message that is sent in pieces. When the sending restarts, it is broken off. */
  openMessage(name: PacketTypeName): MessageOutlet;
}

/**
 * The session behind a Vircadia client, spoken to as our own client would: messages are encoded and go through the
 * session's InputGate, with its limits and checks.
 */
export interface SessionPort {
  readonly sessionId: SessionId;
  readonly world: string;
  reliable(message: MessageFields<'ClientReliable'>): void;
  realtime(message: MessageFields<'ClientRealtime'>): void;
  /** A number for a request (Post, EditEntities); rises by one over all translators of the client. */
  nextRequest(): number;
  voice(input: VoiceInput): void;
  /** What sound the client takes from now on; `pcm24-10` until somebody says otherwise. */
  setSound(format: SoundFormat): void;
  /** Where its ears and its mouth are, when that is not where its avatar is: the first 16 bytes of a packed pose. */
  ears(pose: Uint8Array): void;
  /**
   * What there is of its avatar beyond the pose, for other clients of Vircadia; see AvatarDetail. Both are copied, and at most
   * AVATAR_DETAIL_BYTES_MAX. The first time `full` must be there.
   */
  detail(detail: Uint8Array, full: Uint8Array | undefined): void;
}

/** Translates what a client and one of its nodes say to each other into messages of its session, and back. No socket, no clock. */
export interface Translator {
  /** The link works: the client listens. Again whenever it works again; what has been told before has to be told again. */
  onActive?(nowMs: number): void;
  /** Reliable packets were given up: what they said has to be said again. */
  onSendingRestarted?(nowMs: number): void;
  /** A packet of the client for this node, of a type that CODECS_TO_SERVER has. PacketErrors may come out of it. */
  onPacket(name: PacketTypeName, packet: Uint8Array, payloadOffset: number, nowMs: number): void;
  /**
   * A part of a message of the client, as it comes: true when the translator takes it and all others of that message, which is
   * then not put together. They come in order, but not all of them must come.
   */
  takePart?(name: PacketTypeName, part: MessagePart, packet: Uint8Array, payloadOffset: number, nowMs: number): boolean;
  /** Every message of the session, decoded once for all translators: they take what concerns them. */
  onReliable?(message: MessageOf<'ServerReliable'>, nowMs: number): void;
  onRealtime?(message: MessageOf<'ServerRealtime'>, nowMs: number): void;
  /** Sound for the client, of one mix tick. */
  onMix?(sound: Uint8Array, frames: number, nowMs: number): void;
  /** Every 10 ms. */
  tick?(nowMs: number): void;
  /** Bytes that are kept to be sent later: with many, less news comes. */
  readonly waitingBytes?: number;
  close?(): void;
}
