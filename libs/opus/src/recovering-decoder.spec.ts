import { afterEach, describe, expect, it } from '@jest/globals';
import type { OpusDecoder } from './codec.js';
import { EvanOpusCodec } from './evan-opus-codec.js';
import { hasRedundancy } from './silk-header.js';
import { encodeVoice, FRAMES } from '../test/encoded-voice.js';

const codec = new EvanOpusCodec();
const open: OpusDecoder[] = [];
const decoderOf = (): OpusDecoder => {
  const decoder = codec.createDecoder();
  open.push(decoder);
  return decoder;
};
afterEach(() => {
  for (const decoder of open.splice(0)) decoder.close();
});

const block = () => new Float32Array(FRAMES);

/** Likeness of two blocks, -1 to 1. */
function likeness(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let energyA = 1e-12;
  let energyB = 1e-12;
  for (let n = 0; n < FRAMES; n++) {
    product += a[n] * b[n];
    energyA += a[n] * a[n];
    energyB += b[n] * b[n];
  }
  return product / Math.sqrt(energyA * energyB);
}

function decodeWith(decoder: OpusDecoder, packet: Uint8Array): Float32Array {
  const target = block();
  expect(decoder.decode(packet, packet.length, target, 0)).toBe(FRAMES);
  return target;
}

describe('RecoveringDecoder', () => {
  it('recovers a lost packet from the next one much better than it can be invented', () => {
    const packets = encodeVoice(codec, { packets: 600, lossPercent: 10 });
    const whole = decoderOf();
    const inventing = decoderOf();
    const recovering = decoderOf();
    recovering.setRecovery(true);
    let recovered = 0;
    let invented = 0;
    let count = 0;
    for (let index = 0; index < packets.length - 1; index++) {
      const original = decodeWith(whole, packets[index]);
      const next = packets[index + 1];
      if (index < 40 || index % 12 !== 0 || !hasRedundancy(next, next.length)) {
        decodeWith(inventing, packets[index]);
        decodeWith(recovering, packets[index]);
        continue;
      }
      const guess = block();
      const copy = block();
      expect(inventing.conceal(FRAMES, guess, 0)).toBe(FRAMES);
      expect(recovering.recover(next, next.length, FRAMES, copy, 0)).toBe(FRAMES);
      invented += likeness(original, guess);
      recovered += likeness(original, copy);
      count++;
    }
    expect(count).toBeGreaterThan(20);
    expect(recovered / count).toBeGreaterThan(0.8);
    expect(recovered / count).toBeGreaterThan(invented / count + 0.15);
  });

  it.each([10, 0])('changes from one library to the other and back without being heard (loss %i %)', (lossPercent) => {
    const packets = encodeVoice(codec, { packets: 300, lossPercent });
    const steady = decoderOf();
    const changing = decoderOf();
    let largest = 0;
    packets.forEach((packet, index) => {
      if (index === 60) changing.setRecovery(true);
      if (index === 180) changing.setRecovery(false);
      const expected = decodeWith(steady, packet);
      const actual = decodeWith(changing, packet);
      for (let n = 0; n < FRAMES; n++) largest = Math.max(largest, Math.abs(expected[n] - actual[n]));
    });
    expect(largest).toBeLessThan(0.003);
  });

  it('recovers nothing before it is ready, nor after it is no more wanted, nor where there is no copy', () => {
    const packets = encodeVoice(codec, { packets: 200, lossPercent: 10 });
    const decoder = decoderOf();
    const target = block();
    const canRecover = (packet: Uint8Array) => decoder.recover(packet, packet.length, FRAMES, target, 0) > 0;
    const play = (from: number, to: number) => packets.slice(from, to).forEach((packet) => decodeWith(decoder, packet));
    const withCopy = packets.find((packet) => hasRedundancy(packet, packet.length)) ?? new Uint8Array();
    play(0, 20);
    expect(canRecover(withCopy)).toBe(false);
    decoder.setRecovery(true);
    play(20, 25);
    expect(canRecover(withCopy)).toBe(false);
    play(25, 60);
    expect(canRecover(withCopy)).toBe(true);
    expect(canRecover(new Uint8Array([0xfc, 1, 2, 3]))).toBe(false);
    decoder.setRecovery(false);
    play(60, 100);
    expect(canRecover(withCopy)).toBe(false);
  });

  it('is of one mind again when recovery is given up while it gets ready', () => {
    const packets = encodeVoice(codec, { packets: 60, lossPercent: 10 });
    const steady = decoderOf();
    const decoder = decoderOf();
    packets.forEach((packet, index) => {
      if (index === 10) decoder.setRecovery(true);
      if (index === 15) decoder.setRecovery(false);
      expect(decodeWith(decoder, packet)).toEqual(decodeWith(steady, packet));
    });
  });
});
