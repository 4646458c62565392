import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { uuidBytes } from '../coding/uuid.js';
import { PACKET_BYTES_MAX } from '../transport/data-header.js';
import { HASH_BYTES, PacketSecret } from './packet-secret.js';

const SECRET = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
const secret = new PacketSecret(SECRET);

function packetOf(length: number): Uint8Array {
  return Uint8Array.from({ length: HASH_BYTES + length }, (_, index) => index * 151 + length);
}

describe('PacketSecret', () => {
  it('makes HMAC-MD5 of packets of every length', () => {
    for (let length = 0; length <= PACKET_BYTES_MAX; length++) {
      const packet = packetOf(length);
      secret.sign(packet, HASH_BYTES, packet.length, 0);
      const expected = createHmac('md5', uuidBytes(SECRET)).update(packet.subarray(HASH_BYTES)).digest('hex');
      expect(Buffer.from(packet.subarray(0, HASH_BYTES)).toString('hex')).toBe(expected);
    }
  });

  it('knows its own hashes, and no others', () => {
    const packet = packetOf(100);
    secret.sign(packet, HASH_BYTES, packet.length, 0);
    expect(secret.verify(packet, HASH_BYTES, packet.length, 0)).toBe(true);
    for (const at of [0, HASH_BYTES - 1, HASH_BYTES, packet.length - 1]) {
      packet[at] ^= 0x80;
      expect(secret.verify(packet, HASH_BYTES, packet.length, 0)).toBe(false);
      packet[at] ^= 0x80;
    }
    expect(new PacketSecret(SECRET.replace('0f', '0e')).verify(packet, HASH_BYTES, packet.length, 0)).toBe(false);
  });

  it('refuses what is longer than any packet', () => {
    const packet = packetOf(PACKET_BYTES_MAX + 1);
    expect(secret.verify(packet, HASH_BYTES, packet.length, 0)).toBe(false);
  });
});
