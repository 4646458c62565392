import { describe, expect, it } from '@jest/globals';
import { makeRtpPacketView, readRtpPacket } from './rtp-packet.js';

const FIXED = [0x90, 0xef, 0x12, 0x34, 0, 0, 3, 0xc0, 0xde, 0xad, 0xbe, 0xef];

describe('readRtpPacket', () => {
  it('finds the audio level among one-byte extensions', () => {
    const view = makeRtpPacketView();
    const bytes = Uint8Array.from([...FIXED, 0xbe, 0xde, 0, 2, 0x12, 0x6d, 0x69, 0x63, 0x60, 0xb2, 0, 0, 1, 2, 3]);
    expect(readRtpPacket(bytes, view, 6)).toBe(true);
    expect(view).toEqual({
      payloadType: 111,
      isMarked: true,
      sequence: 0x1234,
      timestamp: 960,
      ssrc: 0xdeadbeef,
      payloadOffset: 24,
      payloadBytes: 3,
      audioLevel: 0x32,
    });
  });

  it('finds it among two-byte extensions', () => {
    const view = makeRtpPacketView();
    const bytes = Uint8Array.from([...FIXED, 0x10, 0x00, 0, 2, 1, 2, 0x61, 0x62, 6, 1, 0x05, 0, 9]);
    expect(readRtpPacket(bytes, view, 6)).toBe(true);
    expect(view.audioLevel).toBe(5);
    expect(view.payloadBytes).toBe(1);
  });

  it('leaves padding and contributing sources out of the payload', () => {
    const view = makeRtpPacketView();
    const bytes = Uint8Array.from([0xa1, ...FIXED.slice(1), 0, 0, 0, 1, 7, 8, 0, 0, 3]);
    expect(readRtpPacket(bytes, view, 0)).toBe(true);
    expect([...bytes.subarray(view.payloadOffset, view.payloadOffset + view.payloadBytes)]).toEqual([7, 8]);
  });

  it.each([
    ['nothing', []],
    ['another version', [0x40, ...FIXED.slice(1)]],
    ['an extension that ends outside', [...FIXED, 0xbe, 0xde, 0, 9, 0, 0, 0, 0]],
    ['contributing sources that end outside', [0x8f, ...FIXED.slice(1)]],
    ['more padding than there is', [0xa0, ...FIXED.slice(1), 1, 200]],
    ['padding of length 0', [0xa0, ...FIXED.slice(1), 1, 0]],
  ])('refuses %s', (_name, bytes) => {
    expect(readRtpPacket(Uint8Array.from(bytes), makeRtpPacketView(), 6)).toBe(false);
  });
});
