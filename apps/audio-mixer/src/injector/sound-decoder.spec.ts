import { SystemClock } from '@app/clock';
import { SimClock } from '@app/testing';
import { SOUND_DECODE_MS_MAX } from '@app/world';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { MP3_TONE } from '../../test/sounds/mp3-tone.js';
import { opusFile } from '../../test/sounds/opus-file.js';
import { toneOf, waveFile } from '../../test/sounds/wave-file.js';
import { compileThread } from '../../test/thread-code.js';
import { ThreadSoundDecoder } from './sound-decoder.js';

let thread: URL;
beforeAll(async () => {
  thread = await compileThread();
});

/** A thread that fails in the way that the first byte of a file says, and else gives the file's bytes as samples. */
function hostileThread(): URL {
  const url = new URL('hostile.js', thread);
  const code = `import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ bytes }) => {
      if (bytes[0] === 1) for (;;);
      if (bytes[0] === 2) process.exit(3);
      if (bytes[0] === 3) throw new Error('broken inside');
      parentPort.postMessage({ frames: Int16Array.from(bytes) });
    });`;
  writeFileSync(url, code);
  return url;
}

async function codeOf(decoding: Promise<unknown>): Promise<unknown> {
  return decoding.then(
    () => 'played',
    (error: { code: unknown }) => error.code,
  );
}

describe('ThreadSoundDecoder', () => {
  let decoder: ThreadSoundDecoder;
  let clock: SimClock;
  beforeEach(() => {
    clock = new SimClock();
  });
  afterEach(() => decoder.close());

  it('decodes all formats in a thread, as it is shipped, while this one goes on', async () => {
    decoder = new ThreadSoundDecoder(new SystemClock(), thread);
    const tone = Int16Array.from({ length: 24_000 }, (_, n) => 32_767 * toneOf(440)(n));
    const files = [waveFile(24_000, toneOf(440)), MP3_TONE.slice(), opusFile(tone)];
    const decoded = await Promise.all(files.map((file) => decoder.decode(file)));
    expect(decoded.map(({ length }) => length)).toEqual([24_000, 26_331, 24_000]);
    for (const frames of decoded) expect(Math.max(...frames.subarray(5_000, 20_000))).toBeCloseTo(16_384, -4);
    expect(await codeOf(decoder.decode(new Uint8Array(100)))).toBe('sound-format-unknown');
  });

  it('gives up a thread that hangs, ends or throws, and decodes the next file with another one', async () => {
    decoder = new ThreadSoundDecoder(clock, hostileThread());
    for (const [first, code] of [
      [2, 'sound-broken'],
      [3, 'sound-broken'],
    ] as const) {
      const failing = codeOf(decoder.decode(Uint8Array.of(first)));
      const next = decoder.decode(Uint8Array.of(9, 8));
      expect(await failing).toBe(code);
      expect([...(await next)]).toEqual([9, 8]);
    }
    const stuck = codeOf(decoder.decode(Uint8Array.of(1)));
    const next = decoder.decode(Uint8Array.of(7));
    clock.advance(SOUND_DECODE_MS_MAX + 1);
    expect(await stuck).toBe('sound-decoder-stuck');
    expect([...(await next)]).toEqual([7]);
  });

  it('rejects what is under way when it is closed', async () => {
    decoder = new ThreadSoundDecoder(clock, hostileThread());
    const waiting = [1, 9].map((first) => codeOf(decoder.decode(Uint8Array.of(first))));
    decoder.close();
    decoder.close();
    expect(await Promise.all(waiting)).toEqual(['sound-unavailable', 'sound-unavailable']);
  });

  it('survives noise of all kinds', async () => {
    decoder = new ThreadSoundDecoder(new SystemClock(), thread);
    for (let round = 0; round < 60; round++) {
      const file = MP3_TONE.slice();
      for (let change = 0; change < 3 * round; change++)
        file[(change * 7_919 * (round + 1)) % file.length] = change * 37;
      const code = await codeOf(decoder.decode(file));
      expect(['played', 'sound-broken', 'sound-format-unknown', 'sound-too-long']).toContain(code);
    }
  });
});
