import type { ByteReader } from '../coding/byte-reader.js';
import type { ByteWriter } from '../coding/byte-writer.js';
import type { Codec } from '../coding/codec.js';
import { readQBytes, readQString, writeQBytes, writeQString } from '../coding/qt-values.js';
import { readSocketAddress, type SocketAddress, writeSocketAddress } from '../coding/socket-address.js';

/** Why a client connects (specification D.3). */
export const ConnectReason = { Connect: 0, SilentDomainDisconnect: 1, Awake: 2 } as const;

/** What a client says each second, from before it is connected (specification D.3, D.4). */
export interface DomainCheckIn {
  /** The client's own clock, in whatever unit: the DomainList repeats it. */
  readonly currentTime: number;
  /** A NodeType; clients are agents. */
  readonly ownerType: string;
  readonly publicSocket: SocketAddress;
  readonly localSocket: SocketAddress;
  /** NodeTypes. */
  readonly interest: readonly string[];
  readonly placeName: string | null;
}

/** Asks to be let in. Sent each second until it is answered. */
export interface DomainConnectRequest extends DomainCheckIn {
  /** The null UUID for all clients that do not come through ICE. */
  readonly connectId: string;
  readonly protocolSignature: Uint8Array | null;
  readonly hardwareAddress: string | null;
  readonly machineFingerprint: string;
  /** Compressed JSON, which nobody needs. */
  readonly systemInfo: Uint8Array | null;
  /** One of ConnectReason. */
  readonly reason: number;
  /** In µs. */
  readonly previousUptimeUs: number;
  /** Empty or null: anonymous. */
  readonly username: string | null;
  readonly usernameSignature: Uint8Array | null;
  /** Undefined: without a login of the domain's own. */
  readonly domainUsername: string | null | undefined;
  /** `access:refresh`. */
  readonly domainTokens: string | null | undefined;
}

export const DomainConnectRequest: Codec<DomainConnectRequest> = {
  // In the order of the wire. What later revisions append is left unread.
  read: (reader) => ({
    connectId: reader.uuid('connect id'),
    protocolSignature: readQBytes(reader, 'protocol signature'),
    hardwareAddress: readQString(reader, 'hardware address'),
    machineFingerprint: reader.uuid('machine fingerprint'),
    systemInfo: readQBytes(reader, 'system info'),
    reason: reader.u32BE('reason'),
    previousUptimeUs: reader.u64BE('previous uptime'),
    ...readCheckIn(reader),
    username: readQString(reader, 'username'),
    usernameSignature: readQBytes(reader, 'username signature'),
    domainUsername: reader.remainingBytes > 0 ? readQString(reader, 'domain username') : undefined,
    domainTokens: reader.remainingBytes > 0 ? readQString(reader, 'domain tokens') : undefined,
  }),
  write(writer, request) {
    writer.uuid(request.connectId, 'connect id');
    writeQBytes(writer, request.protocolSignature, 'protocol signature');
    writeQString(writer, request.hardwareAddress, 'hardware address');
    writer.uuid(request.machineFingerprint, 'machine fingerprint');
    writeQBytes(writer, request.systemInfo, 'system info');
    writer.u32BE(request.reason, 'reason');
    writer.u64BE(request.previousUptimeUs, 'previous uptime');
    writeCheckIn(writer, request);
    writeQString(writer, request.username, 'username');
    writeQBytes(writer, request.usernameSignature, 'username signature');
    if (request.domainUsername === undefined) return;
    writeQString(writer, request.domainUsername, 'domain username');
    if (request.domainTokens !== undefined) writeQString(writer, request.domainTokens, 'domain tokens');
  },
};

/** Asks for the list of nodes again, each second: the sign of life in both directions. */
export const DomainListRequest: Codec<DomainCheckIn> = { read: readCheckIn, write: writeCheckIn };

function readCheckIn(reader: ByteReader): DomainCheckIn {
  return {
    currentTime: reader.u64BE('current time'),
    ownerType: String.fromCharCode(reader.u8('owner type')),
    publicSocket: readSocketAddress(reader, 'public socket'),
    localSocket: readSocketAddress(reader, 'local socket'),
    interest: readNodeTypes(reader),
    placeName: readQString(reader, 'place name'),
  };
}

function writeCheckIn(writer: ByteWriter, checkIn: DomainCheckIn): void {
  writer.u64BE(checkIn.currentTime, 'current time');
  writer.u8(checkIn.ownerType.charCodeAt(0), 'owner type');
  writeSocketAddress(writer, checkIn.publicSocket, 'public socket');
  writeSocketAddress(writer, checkIn.localSocket, 'local socket');
  writer.u32BE(checkIn.interest.length, 'interest');
  for (const type of checkIn.interest) writer.u8(type.charCodeAt(0), 'interest');
  writeQString(writer, checkIn.placeName, 'place name');
}

function readNodeTypes(reader: ByteReader): string[] {
  const count = reader.u32BE('interest');
  return Array.from(reader.bytesOf(count, 'interest'), (byte) => String.fromCharCode(byte));
}
