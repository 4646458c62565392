import { describe, expect, it } from '@jest/globals';
import { EvanOpusCodec } from './evan-opus-codec.js';
import { joinOpusPackets } from './join-packets.js';
import { inspectOpusPacket } from './opus-packet.js';

const codec = new EvanOpusCodec();

/** Packets of 20 ms, of a tone that gets louder, so that their sizes differ. */
function makePackets(count: number, bitrate: number): Uint8Array[] {
  const encoder = codec.createEncoder({ channels: 2, bitrate, complexity: 5, application: 'lowdelay' });
  const packets = Array.from({ length: count }, (_, block) => {
    const samples = Int16Array.from({ length: 1_920 }, (__, index) => {
      const frame = block * 960 + (index >> 1);
      return 20 * (block + 1) * 20 * Math.sin(frame * 0.04 + (index & 1)) + 900 * Math.sin(frame * frame * 1e-4);
    });
    return encoder.encode(samples);
  });
  encoder.close();
  return packets;
}

function decodeAll(packets: readonly Uint8Array[]): Float32Array {
  const decoder = codec.createDecoder();
  const heard = new Float32Array(packets.length * 2_880);
  let frames = 0;
  for (const packet of packets) frames += decoder.decode(packet, packet.length, heard, frames);
  decoder.close();
  return heard.subarray(0, frames);
}

describe('joinOpusPackets', () => {
  it.each([
    [2, 32_000],
    [3, 32_000],
    [2, 96_000],
    [3, 128_000],
  ])('makes one packet of %i at %i bit/s that decodes to the same samples', (count, bitrate) => {
    const packets = makePackets(12, bitrate);
    const joined: Uint8Array[] = [];
    for (let at = 0; at < packets.length; at += count) {
      const packet = joinOpusPackets(packets.slice(at, at + count));
      expect(packet).toBeDefined();
      if (packet) joined.push(packet);
    }
    for (const packet of joined) {
      expect(inspectOpusPacket(packet)).toMatchObject({ opusFrameCount: count, frames: count * 960, isStereo: true });
    }
    expect(decodeAll(joined)).toEqual(decodeAll(packets));
  });

  it('makes no packet that is longer than others accept', () => {
    const packets = makePackets(12, 256_000);
    const sizes = packets.slice(-3).map((packet) => packet.length);
    expect(sizes[0] + sizes[1]).toBeLessThan(1_275);
    expect(joinOpusPackets(packets.slice(-3, -1))).toBeDefined();
    expect(joinOpusPackets(packets.slice(-3))).toBeUndefined();
  });

  it('gives a single packet back as it is', () => {
    const [packet] = makePackets(1, 64_000);
    expect(joinOpusPackets([packet])).toBe(packet);
  });

  it('says so when packets are coded differently, hold several frames already, or are too many or none', () => {
    const stereo = new Uint8Array([0xfc, 1, 2]);
    const mono = new Uint8Array([0xf8, 1, 2]);
    const double = new Uint8Array([0xfd, 1, 2]);
    expect(joinOpusPackets([])).toBeUndefined();
    expect(joinOpusPackets([stereo, mono])).toBeUndefined();
    expect(joinOpusPackets([double, double])).toBeUndefined();
    expect(joinOpusPackets([stereo, new Uint8Array(0)])).toBeUndefined();
    expect(joinOpusPackets([stereo, stereo, stereo, stereo])).toBeUndefined();
  });
});
