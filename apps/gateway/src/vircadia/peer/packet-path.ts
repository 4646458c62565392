import type { LinkType } from '../domain/domain-nodes.js';

/** The way of packets to one client on one link: a UDP socket and an address, or a data channel. */
export interface PacketPath {
  /** A data channel, which keeps the order of what we send. */
  readonly isWeb: boolean;
  /** The other end's network address, for logs and limits. */
  readonly address: string;
  /** Bytes that may be sent now to somebody who may not be there; absent when it is known to be there. */
  readonly allowanceBytes?: number;
  /** Sends one packet, or drops it. The bytes may be kept until they are gone, and are not changed meanwhile. */
  send(datagram: Uint8Array): void;
  /** Ends the channel; nothing is heard of it any more. A second call is harmless. */
  close(): void;
}

/** What an edge tells about a path that it has attached. */
export interface PathEvents {
  /** One packet; the bytes are lent until the call returns. Never throws. */
  onPacket(datagram: Uint8Array): void;
  /** The path has ended: a new one may be attached in its place. */
  onClosed(): void;
}

/** Somebody at an edge who wants to come in, or has come in: one WebSocket and its channels. */
export interface PeerEntrance {
  /** A channel has opened. One that was attached for this link before is closed. */
  attach(type: LinkType, path: PacketPath): PathEvents;
  /** The client has gone: its WebSocket has ended. A second call is harmless. */
  leave(): void;
}

/** What an edge hands over for each client. */
export interface PeerHost {
  /** The other end's network address, for logs and limits. */
  readonly address: string;
  /** Ends everything of the client: its paths have been closed before. */
  close(): void;
}

/**
 * Where web clients come in: `VircadiaDomain` is it. Paths must be those of clients that are really there (DTLS has proven
 * it): nothing about amplification is checked.
 */
export interface WebEntrance {
  enter(host: PeerHost): PeerEntrance;
}
