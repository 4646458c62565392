import { describe, expect, it } from '@jest/globals';
import { DelayProbe, markerVoice } from './delay-probe.js';
import { findMarker, MARKER_PERIOD_FRAMES, MARKER_RATE_HZ, markerSamples } from './marker.js';
import { seeded } from './speech-synthesis.js';
import { VoiceBank } from './voice-bank.js';

const FRAME_MS = 10;

/** A quarter of a second of other sound, at the rate at which markers are looked for. */
function noise(amplitude: number): Float32Array {
  const chance = seeded(3);
  return Float32Array.from({ length: MARKER_RATE_HZ / 4 }, () => amplitude * (chance() - 0.5));
}

/** The marker alone, in [-1, 1]. */
function chirp(): Float32Array {
  const samples = markerSamples(1);
  return Float32Array.from({ length: 480 }, (_, n) => samples[4 * n + 1] / 32_768);
}

describe('findMarker', () => {
  it('finds a chirp to the sample in noise that is as loud', () => {
    const sound = noise(0.7);
    chirp().forEach((value, n) => (sound[1_234 + n] += value));
    expect(Math.abs((findMarker(sound) ?? 0) - 1_234)).toBeLessThanOrEqual(1);
  });

  it('finds nothing in noise alone, in silence, and in too little sound', () => {
    expect(findMarker(noise(0.5))).toBeUndefined();
    expect(findMarker(new Float32Array(3_000))).toBeUndefined();
    expect(findMarker(new Float32Array(10))).toBeUndefined();
  });
});

describe('DelayProbe', () => {
  it.each(['opus', 'pcm'])('measures how late %s frames come, to a fifth of a millisecond', (codec) => {
    const { recording, lookAheadMs } = markerVoice(new VoiceBank(false), codec);
    // What Opus' encoder holds back; samples as they are wait for nothing.
    expect(lookAheadMs).toBeGreaterThanOrEqual(codec === 'opus' ? 5 : 0);
    expect(lookAheadMs).toBeLessThan(codec === 'opus' ? 9 : 0.2);
    const probe = new DelayProbe(codec, lookAheadMs);
    const delayMs = 37.5;
    // The second marker of the recording, sent at the time 500.
    for (let frame = 0; frame < 2 * MARKER_PERIOD_FRAMES; frame++) {
      probe.take(frame, recording.frames[frame], frame * FRAME_MS + delayMs);
    }
    expect(Math.abs((probe.delayOf(MARKER_PERIOD_FRAMES * FRAME_MS) ?? 0) - delayMs)).toBeLessThan(0.2);
    expect(probe.delayOf(900)).toBeUndefined();
    probe.close();
  });
});
