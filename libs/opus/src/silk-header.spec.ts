import { describe, expect, it } from '@jest/globals';
import { EvanOpusCodec } from './evan-opus-codec.js';
import { hasRedundancy, isBackground } from './silk-header.js';
import { encodeVoice } from '../test/encoded-voice.js';

const codec = new EvanOpusCodec();
const shareOf = (packets: Uint8Array[], test: (bytes: Uint8Array, size: number) => boolean) =>
  packets.filter((packet) => test(packet, packet.length)).length / packets.length;

describe('the header of a SILK packet', () => {
  it('tells copies of the packet before, which an encoder makes that expects loss', () => {
    expect(shareOf(encodeVoice(codec, { packets: 200, lossPercent: 10 }), hasRedundancy)).toBeGreaterThan(0.5);
    expect(shareOf(encodeVoice(codec, { packets: 200, lossPercent: 0, bitrate: 16_000 }), hasRedundancy)).toBe(0);
    expect(shareOf(encodeVoice(codec, { packets: 200, application: 'audio', bitrate: 64_000 }), hasRedundancy)).toBe(0);
  });

  it('tells background noise from a voice', () => {
    expect(shareOf(encodeVoice(codec, { packets: 100, bitrate: 16_000 }).slice(10), isBackground)).toBeLessThan(0.5);
    const encoder = codec.createEncoder({
      channels: 1,
      bitrate: 24_000,
      complexity: 5,
      application: 'voip',
      isDtx: true,
    });
    const sizes: number[] = [];
    let background = 0;
    for (let count = 0; count < 100; count++) {
      const packet = encoder.encode(Int16Array.from({ length: 960 }, (_, n) => ((n * 48_271 + count * 7) % 61) - 30));
      sizes.push(packet.length);
      if (count >= 50 && packet.length > 2 && isBackground(packet, packet.length)) background++;
    }
    encoder.close();
    // In a pause there is one packet of noise in 400 ms, and nothing in the others.
    expect(sizes.slice(50).filter((size) => size > 2)).toHaveLength(background);
    expect(background).toBeGreaterThan(0);
    expect(background).toBeLessThan(5);
  });

  it('finds the flags behind lengths and padding, and in stereo', () => {
    const read = (...bytes: number[]) => hasRedundancy(new Uint8Array(bytes), bytes.length);
    // 20 ms: one flag of voice, then the copy's.
    expect(read(0x48, 0x40)).toBe(true);
    expect(read(0x48, 0x80)).toBe(false);
    expect(read(0x4c, 0x10)).toBe(true);
    // 60 ms: three flags of voice, then the copy's.
    expect(read(0x58, 0x10)).toBe(true);
    expect(read(0x58, 0xe0)).toBe(false);
    // Two frames of different sizes; three with padding and lengths.
    expect(read(0x4a, 1, 0x40, 0)).toBe(true);
    expect(read(0x4b, 0xc3, 1, 1, 1, 0x40, 0, 0, 0)).toBe(true);
    // CELT has no such thing, and neither has a packet without data.
    expect(read(0xfc, 0xff)).toBe(false);
    expect(read(0x48)).toBe(false);
    expect(read(0x4b, 0xff, 255, 255)).toBe(false);
  });
});
