import { describe, expect, it } from '@jest/globals';
import type { OpusEncoder } from './codec.js';
import { EvanOpusCodec } from './evan-opus-codec.js';
import { inspectOpusPacket } from './opus-packet.js';

const codec = new EvanOpusCodec();

/** A tone of 300 Hz, from sample `from` on. */
function tone(from: number, frames: number, channels = 1): Int16Array {
  return Int16Array.from({ length: frames * channels }, (_, index) => {
    return 10_000 * Math.sin((2 * Math.PI * 300 * (from + Math.floor(index / channels))) / 48_000);
  });
}

const rms = (block: Float32Array, from: number, to: number) => {
  let sum = 0;
  for (let n = from; n < to; n++) sum += block[n] * block[n];
  return Math.sqrt(sum / (to - from));
};

describe('EvanOpusCodec', () => {
  it.each([10, 20, 40, 60])('carries a tone in packets of %i ms', (packetMs) => {
    const frames = packetMs * 48;
    const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application: 'voip' });
    const decoder = codec.createDecoder();
    const target = new Float32Array(5_760);
    for (let count = 0; count < 10; count++) {
      const packet = encoder.encode(tone(count * frames, frames));
      expect(inspectOpusPacket(packet)?.frames).toBe(frames);
      expect(decoder.decode(packet, packet.length, target, 0)).toBe(frames);
    }
    expect(rms(target, 0, frames)).toBeCloseTo(10_000 / 32_768 / Math.SQRT2, 1);
    encoder.close();
    decoder.close();
  });

  it('mixes stereo down to mono', () => {
    const encoder = codec.createEncoder({ channels: 2, bitrate: 64_000, complexity: 5 });
    const decoder = codec.createDecoder();
    const target = new Float32Array(5_760);
    for (let count = 0; count < 10; count++) {
      const packet = encoder.encode(tone(count * 960, 960, 2));
      expect(decoder.decode(packet, packet.length, target, 0)).toBe(960);
    }
    expect(rms(target, 0, 960)).toBeCloseTo(10_000 / 32_768 / Math.SQRT2, 1);
    encoder.close();
    decoder.close();
  });

  it.each(['voip', 'audio'] as const)('invents a lost packet from what was before (%s)', (application) => {
    const encoder = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5, application });
    const decoder = codec.createDecoder();
    const target = new Float32Array(2 * 5_760);
    for (let count = 0; count < 40; count++) {
      const packet = encoder.encode(tone(count * 960, 960));
      decoder.decode(packet, packet.length, target, 0);
    }
    const heard = rms(target, 0, 960);
    expect(decoder.conceal(960, target, 960)).toBe(960);
    expect(rms(target, 960, 1_920)).toBeGreaterThan(0.3 * heard);
    let steepest = 0;
    for (let n = 1; n < 1_920; n++) steepest = Math.max(steepest, Math.abs(target[n] - target[n - 1]));
    expect(steepest).toBeLessThan(0.04);
    encoder.close();
    decoder.close();
  });

  it('invents silence when nothing was heard before, of the length asked for', () => {
    const decoder = codec.createDecoder();
    const target = new Float32Array(5_760).fill(0.5);
    expect(decoder.conceal(480, target, 0)).toBe(480);
    expect(rms(target, 0, 480)).toBe(0);
    decoder.close();
  });

  it('says 0 for what it cannot decode', () => {
    const decoder = codec.createDecoder();
    const target = new Float32Array(5_760);
    expect(decoder.decode(new Uint8Array(0), 0, target, 0)).toBe(0);
    expect(decoder.decode(new Uint8Array([255, 255, 255]), 3, target, 0)).toBe(0);
    decoder.close();
  });

  it('gives a coder that was used before without any memory of it', () => {
    const loud = tone(0, 960);
    const first = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5 });
    const fresh = Buffer.from(first.encode(loud)).toString('hex');
    for (let count = 0; count < 5; count++) first.encode(tone(500, 960));
    first.close();
    first.close();
    const again = codec.createEncoder({ channels: 1, bitrate: 32_000, complexity: 5 });
    expect(Buffer.from(again.encode(loud)).toString('hex')).toBe(fresh);
    expect(() => first.encode(loud)).toThrow('the encoder is open');
    again.close();
  });

  it.each([
    ['audio', 312],
    ['lowdelay', 120],
  ] as const)('holds back what its kind holds back (%s: %i samples)', (application, delay) => {
    const encoder = codec.createEncoder({ channels: 1, bitrate: 96_000, complexity: 5, application });
    const decoder = codec.createDecoder();
    const heard = new Float32Array(20 * 960);
    const click = new Int16Array(960);
    for (let count = 0; count < 20; count++) {
      click[100] = count === 10 ? 30_000 : 0;
      const packet = encoder.encode(click);
      decoder.decode(packet, packet.length, heard, count * 960);
    }
    const loudest = heard.reduce((best, value, at) => (Math.abs(value) > Math.abs(heard[best]) ? at : best), 0);
    expect(Math.abs(loudest - (10 * 960 + 100 + delay))).toBeLessThanOrEqual(2);
    encoder.close();
    decoder.close();
  });

  it('takes up the stream of another encoder, so that whoever decodes it hears no seam', () => {
    const options = { channels: 1, bitrate: 64_000, complexity: 5, application: 'lowdelay' } as const;
    const [first, second, cold] = [0, 1, 2].map(() => codec.createEncoder(options));
    const heardWith = (next: OpusEncoder): number => {
      const decoder = codec.createDecoder();
      const heard = new Float32Array(12 * 960);
      for (let count = 0; count < 12; count++) {
        const packet = (count < 10 ? codecStream : next).encode(tone(count * 960, 960));
        decoder.decode(packet, packet.length, heard, count * 960);
      }
      decoder.close();
      let steepest = 0;
      for (let n = 9 * 960; n < 12 * 960; n++) steepest = Math.max(steepest, Math.abs(heard[n] - heard[n - 1]));
      return steepest;
    };
    let codecStream = first;
    second.takeUp(tone(9 * 960, 960));
    // The tone itself rises by 0.012 from sample to sample.
    expect(heardWith(second)).toBeLessThan(0.016);
    codecStream = second;
    expect(heardWith(cold)).toBeGreaterThan(0.03);
    for (const encoder of [first, second, cold]) encoder.close();
  });
});
