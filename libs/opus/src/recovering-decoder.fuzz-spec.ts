import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeVoice, FRAMES } from '../test/encoded-voice.js';
import { EvanOpusCodec } from './evan-opus-codec.js';
import { inspectOpusPacket } from './opus-packet.js';
import { hasRedundancy, isBackground } from './silk-header.js';

const codec = new EvanOpusCodec();

describe('a decoder that recovers, fed with garbage', () => {
  it('survives, stays within full scale and still decodes the next good packet', () => {
    const packets = encodeVoice(codec, { packets: 60, lossPercent: 10 });
    const decoder = codec.createDecoder();
    decoder.setRecovery(true);
    const target = new Float32Array(5_760);
    for (const packet of packets) decoder.decode(packet, packet.length, target, 0);
    const good = packets[59];
    let recovered = 0;
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 1_275 }),
        fc.nat(15),
        fc.constantFrom(120, 480, 960, 1_920, 2_880),
        (garbage, configuration, frames) => {
          garbage[0] = (configuration << 3) | (garbage[0] & 7);
          if (decoder.recover(garbage, garbage.length, frames, target, 0) > 0) recovered++;
          const length = decoder.decode(garbage, garbage.length, target, 0);
          expect(length).toBe(inspectOpusPacket(garbage)?.frames ?? 0);
          decoder.conceal(frames, target, 0);
          expect(decoder.decode(good, good.length, target, 0)).toBe(FRAMES);
          for (let n = 0; n < FRAMES; n++) if (!(target[n] >= -1 && target[n] <= 1)) throw new Error('out of range');
        },
      ),
      { numRuns: 400 },
    );
    expect(recovered).toBeGreaterThan(20);
    decoder.close();
  });

  it('reads no flags where there are none, and never beyond the packet', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const padded = new Uint8Array(bytes.length + 8).fill(255);
        padded.set(bytes);
        const cut = bytes.slice();
        expect(hasRedundancy(padded, bytes.length)).toBe(hasRedundancy(cut, cut.length));
        expect(isBackground(padded, bytes.length)).toBe(isBackground(cut, cut.length));
      }),
      { numRuns: 1_000 },
    );
  });
});
