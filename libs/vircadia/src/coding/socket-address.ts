import { malformed } from '../vircadia.errors.js';
import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';
import { readQString, writeQString } from './qt-values.js';

/** How a node is reached. */
export const SocketType = { Unknown: 0, Udp: 1, WebRtc: 2 } as const;

/** An address without a port: native clients also send `any` and none (`null`). */
export type SocketHost =
  | { readonly kind: 'ipv4'; /** For example 127.0.0.1. */ readonly address: string }
  | { readonly kind: 'ipv6'; /** 16 bytes; a view. */ readonly address: Uint8Array; readonly scope: string | null }
  | { readonly kind: 'any' }
  | { readonly kind: 'null' };

/** A `sockaddr` (specification 0.1). What is sent to web clients must have an IPv4 address: they read 8 bytes. */
export interface SocketAddress {
  /** One of SocketType, or what the sender makes of it. */
  readonly type: number;
  readonly host: SocketHost;
  readonly port: number;
}

const IPV4 = 0;
const IPV6 = 1;
const ANY = 2;
const UNKNOWN = 255;
const IPV6_BYTES = 16;

export function readSocketAddress(reader: ByteReader, field: string): SocketAddress {
  const type = reader.u8(field);
  return { type, host: readHost(reader, field), port: reader.u16BE(field) };
}

export function writeSocketAddress(writer: ByteWriter, { type, host, port }: SocketAddress, field: string): void {
  writer.u8(type, field);
  writeHost(writer, host, field);
  writer.u16BE(port, field);
}

/** An address of IPv4, which every kind of client understands. */
export function ipv4Socket(type: number, address: string, port: number): SocketAddress {
  return { type, host: { kind: 'ipv4', address }, port };
}

function readHost(reader: ByteReader, field: string): SocketHost {
  const protocol = reader.u8(field);
  if (protocol === IPV4) return { kind: 'ipv4', address: dotted(reader.u32BE(field)) };
  if (protocol === IPV6) {
    return { kind: 'ipv6', address: reader.bytesOf(IPV6_BYTES, field), scope: readQString(reader, field) };
  }
  if (protocol === ANY) return { kind: 'any' };
  if (protocol === UNKNOWN) return { kind: 'null' };
  throw malformed(field, `There is no address protocol ${protocol}.`);
}

function writeHost(writer: ByteWriter, host: SocketHost, field: string): void {
  switch (host.kind) {
    case 'ipv4':
      writer.u8(IPV4, field);
      return writer.u32BE(undotted(host.address), field);
    case 'ipv6':
      writer.u8(IPV6, field);
      writer.bytes(host.address, field);
      return writeQString(writer, host.scope, field);
    case 'any':
      return writer.u8(ANY, field);
    case 'null':
      return writer.u8(UNKNOWN, field);
  }
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

function undotted(address: string): number {
  const parts = address.split('.').map(Number);
  const isAddress = parts.length === 4 && parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  if (!isAddress) throw new RangeError(`${address} is no address of IPv4`);
  return ((parts[0] << 24) | (parts[1] << 16) | (parts[2] << 8) | parts[3]) >>> 0;
}
