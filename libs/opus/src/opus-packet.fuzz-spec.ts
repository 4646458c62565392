import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EvanOpusCodec } from './evan-opus-codec.js';
import { inspectOpusPacket } from './opus-packet.js';

const codec = new EvanOpusCodec();

describe('inspectOpusPacket with anything', () => {
  it('never fails, and what it accepts is 2.5 to 120 ms long', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_400 }), (bytes) => {
        const info = inspectOpusPacket(bytes);
        if (!info) return;
        expect(info.frames).toBeGreaterThanOrEqual(120);
        expect(info.frames).toBeLessThanOrEqual(5_760);
        expect(info.opusFrameCount).toBeGreaterThanOrEqual(1);
        expect(info.opusFrameCount).toBeLessThanOrEqual(48);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with the library about which packets are well formed, and how long they are', () => {
    const decoder = codec.createDecoder();
    const target = new Float32Array(5_760);
    let accepted = 0;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), (bytes) => {
        const frames = decoder.decode(bytes, bytes.length, target, 0);
        const info = inspectOpusPacket(bytes);
        expect(info?.frames ?? 0).toBe(frames);
        if (info) accepted++;
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(100);
    decoder.close();
  });
});

describe('a decoder fed with garbage', () => {
  it('survives, stays within full scale and still decodes the next good packet', () => {
    const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application: 'voip' });
    const good = encoder.encode(Int16Array.from({ length: 960 }, (_, n) => 8_000 * Math.sin(n * 0.05)));
    const decoder = codec.createDecoder();
    const target = new Float32Array(5_760);
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: 1_275 }),
        fc.nat(good.length - 1),
        fc.nat(255),
        (garbage, place, value) => {
          decoder.decode(garbage, garbage.length, target, 0);
          const damaged = good.slice();
          damaged[place] = value;
          decoder.decode(damaged, damaged.length, target, 0);
          expect(decoder.decode(good, good.length, target, 0)).toBe(960);
          for (let n = 0; n < 960; n++) if (!(target[n] >= -1 && target[n] <= 1)) throw new Error('out of range');
        },
      ),
      { numRuns: 500 },
    );
    encoder.close();
    decoder.close();
  });
});
