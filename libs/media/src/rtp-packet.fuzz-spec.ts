import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RTP_HEADER_BYTES, makeRtpPacketView, readRtpPacket, writeRtpPacket } from './rtp-packet.js';

const header = fc.record({
  payloadType: fc.integer({ min: 0, max: 127 }),
  isMarked: fc.boolean(),
  sequence: fc.integer({ min: 0, max: 0xffff }),
  timestamp: fc.integer({ min: 0, max: 0xffff_ffff }),
  ssrc: fc.integer({ min: 0, max: 0xffff_ffff }),
});
const payload = fc.uint8Array({ maxLength: 200 });

describe('readRtpPacket', () => {
  it('gives back what writeRtpPacket wrote', () => {
    fc.assert(
      fc.property(header, payload, (fields, opus) => {
        const out = new Uint8Array(RTP_HEADER_BYTES + opus.length + 7);
        const length = writeRtpPacket(out, fields, opus);
        const view = makeRtpPacketView();
        const packet = out.subarray(0, length);
        expect(readRtpPacket(packet, view, 6)).toBe(true);
        expect(view).toMatchObject({ ...fields, audioLevel: -1, payloadBytes: opus.length });
        expect(packet.subarray(view.payloadOffset)).toEqual(opus);
      }),
    );
  });

  it('never claims a payload outside the bytes, whatever they are', () => {
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      // The same, made to look like a packet with an extension, padding and contributing sources.
      fc
        .tuple(fc.integer({ min: 0x80, max: 0xbf }), fc.uint8Array({ minLength: 11, maxLength: 80 }))
        .map(([first, rest]) => Uint8Array.from([first, ...rest])),
      fc
        .uint8Array({ maxLength: 40 })
        .map((rest) =>
          Uint8Array.from([0x90, 111, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0xbe, 0xde, 0, rest.length >> 2, ...rest]),
        ),
    );
    fc.assert(
      fc.property(anything, fc.integer({ min: 0, max: 15 }), (bytes, id) => {
        const view = makeRtpPacketView();
        if (!readRtpPacket(bytes, view, id)) return;
        expect(view.payloadOffset).toBeGreaterThanOrEqual(12);
        expect(view.payloadBytes).toBeGreaterThanOrEqual(0);
        expect(view.payloadOffset + view.payloadBytes).toBeLessThanOrEqual(bytes.length);
        expect(view.audioLevel).toBeGreaterThanOrEqual(-1);
        expect(view.audioLevel).toBeLessThanOrEqual(127);
      }),
      { numRuns: 2_000 },
    );
  });
});
