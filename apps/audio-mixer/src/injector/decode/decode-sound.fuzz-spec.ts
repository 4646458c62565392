import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FLAC_KINDS, FLAC_TONE } from '../../../test/sounds/flac-files.js';
import { MP3_TONE } from '../../../test/sounds/mp3-tone.js';
import { opusFile } from '../../../test/sounds/opus-file.js';
import { toneOf, waveFile } from '../../../test/sounds/wave-file.js';
import { decodeSound } from './decode-sound.js';
import { findMp3Frames } from './mp3-frames.js';
import { oggPackets } from './ogg-pages.js';
import { SoundProblem } from './sound-problem.js';

const SECONDS_MAX = 1;
const FILES = [
  waveFile(1_000, toneOf(440)),
  waveFile(500, toneOf(440), { bits: 24, channels: 2, isExtensible: true, hasStranger: true, rateHz: 44_100 }),
  waveFile(300, toneOf(440), { bits: 32, isFloat: true, rateHz: 8_000 }),
  opusFile(Int16Array.from({ length: 4_800 }, (_, n) => 20_000 * toneOf(440)(n))),
  FLAC_KINDS,
  FLAC_TONE,
];

/** A file with some of its bytes changed, its end cut off, or a piece of it repeated. */
function damaged(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const changes = fc.array(fc.tuple(place, fc.nat(255)), { maxLength: 12 });
  return fc.tuple(fc.constantFrom(...files), changes, place, place).map(([file, bytes, from, to]) => {
    const copy = file.slice();
    // Heads are where it hurts.
    for (const [at, value] of bytes)
      copy[Math.floor((at < 0.5 ? Math.min(60, copy.length) : copy.length) * at)] = value;
    const [begin, end] = [Math.floor(from * copy.length), Math.floor(to * copy.length)];
    return begin < end ? copy.slice(0, end) : copy;
  });
}

/** Either samples within the limit, or a problem of ours. */
async function check(bytes: Uint8Array): Promise<void> {
  try {
    const frames = await decodeSound(bytes, SECONDS_MAX);
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.length).toBeLessThanOrEqual(48_000 * SECONDS_MAX + 1);
  } catch (error) {
    expect(error).toBeInstanceOf(SoundProblem);
  }
}

describe('decoding hostile files', () => {
  it('makes sound or a problem of damaged WAV, Opus and FLAC files', async () => {
    await fc.assert(fc.asyncProperty(damaged(FILES), check));
  });

  it('makes sound or a problem of noise that claims to be something', async () => {
    const names = fc.constantFrom(
      '',
      'RIFF\0\0\0\0WAVEfmt ',
      'RIFF\0\0\0\0WAVEdata',
      'OggS\0',
      'fLaC\x80\0\0\x22',
      'ID3',
      '\xff\xfb',
    );
    const noise = fc.tuple(names, fc.uint8Array({ maxLength: 600 })).map(([name, bytes]) => {
      return Uint8Array.from([...Array.from(name, (letter) => letter.charCodeAt(0)), ...bytes]);
    });
    await fc.assert(fc.asyncProperty(noise, check));
  });

  it('finds the frames of an MP3 in time proportional to its size, and never more than there are', () => {
    fc.assert(
      fc.property(damaged([MP3_TONE]), (bytes) => {
        const found = findMp3Frames(bytes);
        if (!found) return;
        expect(found.data.length).toBeLessThanOrEqual(bytes.length);
        expect(found.length).toBeGreaterThanOrEqual(0);
        expect(found.skip >= 0 && found.padding >= 0).toBe(true);
      }),
    );
    const flood = new Uint8Array(8_000_000).fill(0xff);
    expect(findMp3Frames(flood)).toBeUndefined();
  });

  it('takes no packets of an Ogg file that are not in it', () => {
    fc.assert(
      fc.property(damaged([FILES[3]]), (bytes) => {
        let size = 0;
        for (const { data } of oggPackets(bytes)) size += data.length;
        expect(size).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
