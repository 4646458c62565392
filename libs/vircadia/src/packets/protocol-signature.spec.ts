import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { PacketSecret } from './packet-secret.js';
import { isOurSignature, PROTOCOL_SIGNATURE } from './protocol-signature.js';

describe('the protocol signature', () => {
  it('is the one that web clients send', () => {
    expect(Buffer.from(PROTOCOL_SIGNATURE).toString('hex')).toBe('ad15da90e07d2c7b408325383ad8b77d');
    expect(isOurSignature(PROTOCOL_SIGNATURE)).toBe(true);
    expect(isOurSignature(PROTOCOL_SIGNATURE.subarray(1))).toBe(false);
    expect(isOurSignature(null)).toBe(false);
  });
});

describe('a packet secret', () => {
  it('signs with HMAC-MD5, whatever the length', () => {
    const uuid = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
    const secret = new PacketSecret(uuid);
    for (const length of [0, 1, 55, 56, 63, 64, 65, 500, 1440, 1464]) {
      const bytes = new Uint8Array(16 + length).map((_, index) => index * 7);
      secret.sign(bytes, 16, bytes.length, 0);
      const key = Buffer.from(uuid.replaceAll('-', ''), 'hex');
      expect(Buffer.from(bytes.subarray(0, 16))).toEqual(createHmac('md5', key).update(bytes.subarray(16)).digest());
      expect(secret.verify(bytes, 16, bytes.length, 0)).toBe(true);
      bytes[bytes.length - 1] ^= 1;
      expect(secret.verify(bytes, 16, bytes.length, 0)).toBe(false);
    }
  });

  it('does not know packets that are too long to be any', () => {
    expect(new PacketSecret('0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0').verify(new Uint8Array(9_000), 20, 9_000, 4)).toBe(
      false,
    );
  });
});
