import { describe, expect, it } from '@jest/globals';
import { FLAC_KINDS, FLAC_TONE, flacKinds } from '../../../test/sounds/flac-files.js';
import { MP3_TONE } from '../../../test/sounds/mp3-tone.js';
import { opusFile } from '../../../test/sounds/opus-file.js';
import { toneOf, waveFile, type WaveOptions } from '../../../test/sounds/wave-file.js';
import { decodeSound } from './decode-sound.js';

/** Amplitude of a tone, and what is left beside it, both as shares of full scale. */
function toneIn(frames: Int16Array, hz: number, rateHz = 48_000): { amplitude: number; rest: number } {
  let [real, imaginary, energy] = [0, 0, 0];
  for (let n = 0; n < frames.length; n++) {
    const sample = frames[n] / 32_768;
    const angle = (2 * Math.PI * hz * n) / rateHz;
    real += sample * Math.cos(angle);
    imaginary += sample * Math.sin(angle);
    energy += sample * sample;
  }
  const amplitude = (2 * Math.hypot(real, imaginary)) / frames.length;
  return { amplitude, rest: Math.sqrt(Math.max(0, energy / frames.length - amplitude ** 2 / 2)) };
}

/** The same file with a frame before it in which the encoder says how many samples it has added. */
function withDelays(mp3: Uint8Array, delay: number, padding: number): Uint8Array {
  const frame = new Uint8Array(208);
  frame.set(mp3.subarray(0, 4));
  frame[2] &= 0xfd;
  frame.set(new TextEncoder().encode('Info'), 21);
  frame.set(new TextEncoder().encode('LAME3.100'), 21 + 120);
  frame.set([delay >> 4, ((delay & 15) << 4) | (padding >> 8), padding & 255], 21 + 141);
  return Uint8Array.from([...frame, ...mp3]);
}

async function codeOf(bytes: Uint8Array): Promise<unknown> {
  return decodeSound(bytes, 10).then(
    () => 'played',
    (error: { code: unknown }) => error.code,
  );
}

describe('decodeSound, WAV', () => {
  const formats: [string, WaveOptions, number][] = [
    ['8 bits', { bits: 8 }, 0.01],
    ['16 bits', { bits: 16 }, 1e-4],
    ['24 bits, extensible, with a chunk of odd size', { bits: 24, isExtensible: true, hasStranger: true }, 1e-4],
    ['32 bits, stereo', { bits: 32, channels: 2 }, 1e-4],
    ['floats of 32 bits at 44.1 kHz', { bits: 32, isFloat: true, rateHz: 44_100 }, 2e-4],
    ['floats of 64 bits, six channels, at 96 kHz', { bits: 64, isFloat: true, channels: 6, rateHz: 96_000 }, 2e-4],
    ['8 kHz', { rateHz: 8_000 }, 2e-4],
    ['11.025 kHz', { rateHz: 11_025 }, 2e-4],
  ];
  it.each(formats)('reads %s as the same tone at 48 kHz', async (_, options, noise) => {
    const rateHz = options.rateHz ?? 48_000;
    const frames = await decodeSound(waveFile(Math.floor(rateHz / 2), toneOf(440, rateHz), options), 10);
    expect(Math.abs(frames.length - 24_000)).toBeLessThanOrEqual(4);
    const { amplitude, rest } = toneIn(frames, 440);
    expect(amplitude).toBeCloseTo(0.5, 2);
    expect(rest).toBeLessThan(noise);
  });

  it('mixes channels down to their mean', async () => {
    const frames = await decodeSound(
      waveFile(480, (_, channel) => (channel === 0 ? 0.5 : -0.1), { channels: 2 }),
      10,
    );
    expect(frames[100] / 32_767).toBeCloseTo(0.2, 3);
  });

  it('leaves out what lies above half of the new rate', async () => {
    const frames = await decodeSound(waveFile(96_000, toneOf(30_000, 96_000), { rateHz: 96_000 }), 10);
    expect(Math.max(...frames)).toBeLessThan(20);
  });

  it('plays a file that ends too early as far as it goes', async () => {
    const whole = waveFile(4_800, toneOf(440));
    expect(await decodeSound(whole.slice(0, 44 + 960), 10)).toHaveLength(480);
  });

  it('says what is wrong with others', async () => {
    const good = waveFile(100, toneOf(440));
    const changed = (at: number, value: number): Uint8Array => {
      const copy = good.slice();
      copy[at] = value;
      return copy;
    };
    expect(await codeOf(changed(20, 85))).toBe('sound-format-unknown');
    expect(await codeOf(changed(34, 12))).toBe('sound-format-unknown');
    expect(await codeOf(changed(22, 0))).toBe('sound-broken');
    expect(await codeOf(good.slice(0, 40))).toBe('sound-broken');
    expect(await codeOf(good.slice(0, 44))).toBe('sound-broken');
    expect(await codeOf(waveFile(8_001 * 10, () => 0, { rateHz: 8_000, bits: 8 }))).toBe('sound-too-long');
    expect(await codeOf(new TextEncoder().encode('<html>no sound at all</html>'))).toBe('sound-format-unknown');
    expect(await codeOf(new Uint8Array(0))).toBe('sound-format-unknown');
  });
});

describe('decodeSound, compressed files', () => {
  it('reads MP3 without what the encoder has added at its ends', async () => {
    const frames = await decodeSound(withDelays(MP3_TONE, 576, 1_566), 10);
    expect(Math.abs(frames.length - 24_000)).toBeLessThanOrEqual(2);
    const { amplitude, rest } = toneIn(frames.subarray(2_000, 22_000), 440);
    expect(amplitude).toBeCloseTo(0.5, 1);
    expect(rest).toBeLessThan(0.02);
    expect(Math.abs(frames[0])).toBeLessThan(2_000);
  });

  it('finds MP3 behind a tag, and in spite of rubbish between frames', async () => {
    const tag = new Uint8Array(10 + 300);
    tag.set([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 2, 44]);
    const rubbish = new Uint8Array(100).fill(0x55);
    const bytes = Uint8Array.from([...tag, ...MP3_TONE.subarray(0, 1_672), ...rubbish, ...MP3_TONE.subarray(1_672)]);
    const frames = await decodeSound(bytes, 10);
    // The frame that the rubbish divides is lost.
    expect((await decodeSound(MP3_TONE, 10)).length - frames.length).toBeLessThan(1_255);
  });

  it('reads Ogg Opus, from the first sample to the last, with its gain', async () => {
    const tone = Int16Array.from({ length: 24_000 }, (_, n) => 32_767 * toneOf(440)(n));
    const frames = await decodeSound(opusFile(tone), 10);
    expect(frames).toHaveLength(24_000);
    const { amplitude, rest } = toneIn(frames.subarray(2_000, 22_000), 440);
    expect(amplitude).toBeCloseTo(0.5, 1);
    expect(rest).toBeLessThan(0.02);
    const quiet = toneIn((await decodeSound(opusFile(tone, -6), 10)).subarray(2_000, 22_000), 440);
    expect(quiet.amplitude / amplitude).toBeCloseTo(0.5, 1);
  });

  it('reads FLAC bit by bit: predictions, noise and silence', async () => {
    const exact = await decodeSound(FLAC_KINDS, 10);
    expect(exact).toHaveLength(600);
    // Samples are rounded once, to a scale that is the same on both sides of zero.
    flacKinds().forEach((sample, n) => expect(Math.abs(exact[n] - sample)).toBeLessThanOrEqual(1));
    const tone = await decodeSound(FLAC_TONE, 10);
    expect(tone).toHaveLength(4_800);
    const { amplitude, rest } = toneIn(tone, 440);
    expect(amplitude).toBeCloseTo(0.375, 2);
    expect(rest).toBeLessThan(1e-3);
  });

  it('plays FLAC as far as its frames are whole, and believes no lengths', async () => {
    const damaged = FLAC_KINDS.slice();
    damaged[damaged.length - 20] ^= 1;
    expect(await decodeSound(damaged, 10)).toHaveLength(576);
    expect(await codeOf(FLAC_KINDS.slice(0, 50))).toBe('sound-broken');
    const fast = FLAC_KINDS.slice();
    fast[18] = 0xff;
    expect(await codeOf(fast)).toBe('sound-format-unknown');
    const problem = decodeSound(FLAC_KINDS, 0.01).catch((error: { code: unknown }) => error.code);
    expect(await problem).toBe('sound-too-long');
  });

  it('says that there are other things in Ogg files', async () => {
    const bytes = opusFile(new Int16Array(960));
    bytes[28] = 0x56;
    expect(await codeOf(bytes)).toBe('sound-format-unknown');
  });

  it('refuses what is too long before it is decoded', async () => {
    expect(await decodeSound(MP3_TONE, 0.4).catch((error: { code: unknown }) => error.code)).toBe('sound-too-long');
    const long = opusFile(new Int16Array(48_000));
    expect(await decodeSound(long, 0.5).catch((error: { code: unknown }) => error.code)).toBe('sound-too-long');
  });
});
