import type { Codec } from '../coding/codec.js';

/** Why a domain does not let somebody in (specification D.6). */
export const DeniedReason = {
  Unknown: 0,
  ProtocolMismatch: 1,
  LoginErrorMetaverse: 2,
  NotAuthorizedMetaverse: 3,
  TooManyUsers: 4,
  TimedOut: 5,
  LoginErrorDomain: 6,
  NotAuthorizedDomain: 7,
} as const;

export interface DomainConnectionDenied {
  /** One of DeniedReason. */
  readonly reason: number;
  /** For a person. */
  readonly text: string;
  /** Of the domain's own login: `authURL|clientID`. */
  readonly extraInfo: string;
}

export const DomainConnectionDenied: Codec<DomainConnectionDenied> = {
  read: (reader) => ({
    reason: reader.u8('reason'),
    text: reader.str16('text'),
    extraInfo: reader.str16('extra info'),
  }),
  write(writer, { reason, text, extraInfo }) {
    writer.u8(reason, 'reason');
    writer.str16(text, 'text');
    writer.str16(extraInfo, 'extra info');
  },
};

/**
 * The payload of a DomainServerPathQuery (specification D.8). Web clients count characters where bytes are meant; nothing
 * follows the path, so that it is read to its end.
 */
export const PathQuery: Codec<string> = {
  read(reader) {
    const length = reader.u16('path');
    return reader.text(Math.max(length, reader.remainingBytes), 'path');
  },
  write: (writer, path) => writer.str16(path, 'path'),
};

/** Where a path leads. The web SDK takes neither text empty. */
export interface PathResponse {
  /** As it was asked for. */
  readonly path: string;
  /** `/x,y,z/qx,qy,qz,qw` */
  readonly viewpoint: string;
}

export const PathResponse: Codec<PathResponse> = {
  read: (reader) => ({ path: reader.str16('path'), viewpoint: reader.str16('viewpoint') }),
  write(writer, { path, viewpoint }) {
    writer.str16(path, 'path');
    writer.str16(viewpoint, 'viewpoint');
  },
};

/** The payload of a DomainSettingsRequest: for whom (specification D.11). */
export const SettingsRequest: Codec<number> = {
  read: (reader) => reader.u8('assignment type'),
  write: (writer, assignmentType) => writer.u8(assignmentType, 'assignment type'),
};

/** What a DomainSettingsRequest of a client says. */
export const AGENT_ASSIGNMENT = 2;

/** Who somebody is, for those who may know (specification D.11). */
export interface UsernameReply {
  readonly nodeId: string;
  readonly username: string;
  readonly machineFingerprint: string;
  readonly isAdmin: boolean;
}

export const UsernameReply: Codec<UsernameReply> = {
  read: (reader) => ({
    nodeId: reader.uuid('node id'),
    username: reader.str32('username'),
    machineFingerprint: reader.uuid('machine fingerprint'),
    isAdmin: reader.bool('is admin'),
  }),
  write(writer, { nodeId, username, machineFingerprint, isAdmin }) {
    writer.uuid(nodeId, 'node id');
    writer.str32(username, 'username');
    writer.uuid(machineFingerprint, 'machine fingerprint');
    writer.bool(isAdmin, 'is admin');
  },
};

/** By what somebody who is sent away is known again: bits (specification D.11). */
export const BanFlag = { Username: 1, Fingerprint: 2, Address: 4 } as const;

export interface KickRequest {
  readonly nodeId: string;
  /** Bits of BanFlag. */
  readonly banFlags: number;
}

export const KickRequest: Codec<KickRequest> = {
  read: (reader) => ({ nodeId: reader.uuid('node id'), banFlags: reader.u32('ban flags') }),
  write(writer, { nodeId, banFlags }) {
    writer.uuid(nodeId, 'node id');
    writer.u32(banFlags, 'ban flags');
  },
};
