import { writeFileSync } from 'node:fs';

const RATE_HZ = 48_000;

/**
 * Writes a microphone's worth of sound: three minutes of a tone and its first harmonic. Longer than any suite, because
 * Chromium's fake microphone loses 10 ms where a file starts again, which is heard as two clicks.
 */
export function writeToneWav(path: string, toneHz: number): void {
  const frames = RATE_HZ * 180;
  const data = Buffer.alloc(44 + frames * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(36 + frames * 2, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(1, 22);
  data.writeUInt32LE(RATE_HZ, 24);
  data.writeUInt32LE(RATE_HZ * 2, 28);
  data.writeUInt16LE(2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(frames * 2, 40);
  for (let i = 0; i < frames; i++) {
    const phase = (2 * Math.PI * toneHz * i) / RATE_HZ;
    const sample = 0.35 * Math.sin(phase) + 0.08 * Math.sin(2 * phase);
    data.writeInt16LE(Math.round(sample * 32_767), 44 + i * 2);
  }
  writeFileSync(path, data);
}

/**
 * Level of one frequency in a signal, in dB of full scale (a full-scale sine is 0 dB). Goertzel's algorithm over
 * Hann-windowed blocks of a tenth of a second, averaged in power.
 */
export function toneLevelDb(samples: Float32Array, toneHz: number): number {
  const size = RATE_HZ / 10;
  const blocks = Math.floor(samples.length / size);
  let power = 0;
  for (let block = 0; block < blocks; block++) {
    let re = 0;
    let im = 0;
    for (let i = 0; i < size; i++) {
      const window = 1 - Math.cos((2 * Math.PI * i) / size);
      const phase = (2 * Math.PI * toneHz * i) / RATE_HZ;
      const value = samples[block * size + i] * window;
      re += value * Math.cos(phase);
      im -= value * Math.sin(phase);
    }
    power += (re * re + im * im) * (2 / size) ** 2;
  }
  return 10 * Math.log10(power / Math.max(1, blocks) + 1e-15);
}

/**
 * How much earlier the left ear hears a tone than the right one, in microseconds: from the phases at that frequency, so
 * unambiguous up to half a period.
 */
export function leftLeadUs(left: Float32Array, right: Float32Array, toneHz: number): number {
  let re = 0;
  let im = 0;
  const size = RATE_HZ / 10;
  for (let start = 0; start + size <= left.length; start += size) {
    const l = bin(left, start, size, toneHz);
    const r = bin(right, start, size, toneHz);
    // L times the conjugate of R: its angle is the phase by which the left is ahead.
    re += l.re * r.re + l.im * r.im;
    im += l.im * r.re - l.re * r.im;
  }
  return (Math.atan2(im, re) / (2 * Math.PI * toneHz)) * 1e6;
}

function bin(samples: Float32Array, start: number, size: number, toneHz: number): { re: number; im: number } {
  let re = 0;
  let im = 0;
  for (let i = 0; i < size; i++) {
    const window = 1 - Math.cos((2 * Math.PI * i) / size);
    const phase = (2 * Math.PI * toneHz * i) / RATE_HZ;
    re += samples[start + i] * window * Math.cos(phase);
    im -= samples[start + i] * window * Math.sin(phase);
  }
  return { re, im };
}

/** The largest sample, regardless of sign. */
export function peakOf(samples: Float32Array): number {
  return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);
}

/** A step in the wave. */
export interface Click {
  /** In samples. */
  at: number;
  /** In dB of full scale. */
  levelDb: number;
}

/**
 * Steps in the wave: tones of a few hundred hertz leave nothing in the fourth difference, (2·sin(ω/2))⁴ is -76 dB at
 * 700 Hz; a step does.
 *
 * Two steps exactly 10 ms apart are left out: that is one audio frame lost inside the browser (its capture, playback and
 * graph work in frames of 10 ms, ours in 20 ms), which a busy machine does to any page.
 */
export function findClicks(samples: Float32Array, thresholdDb: number): Click[] {
  const clicks: Click[] = [];
  for (let i = 4; i < samples.length; i++) {
    const d = samples[i] - 4 * samples[i - 1] + 6 * samples[i - 2] - 4 * samples[i - 3] + samples[i - 4];
    const levelDb = 20 * Math.log10(Math.abs(d) / 6 + 1e-9);
    const last = clicks.at(-1);
    if (levelDb < thresholdDb) continue;
    if (last && i - last.at < 64) last.levelDb = Math.max(last.levelDb, levelDb);
    else clicks.push({ at: i, levelDb });
  }
  const isBrowserFrame = (click: Click): boolean =>
    clicks.some((other) => Math.abs(Math.abs(other.at - click.at) - RATE_HZ / 100) <= 8);
  return clicks.filter((click) => !isBrowserFrame(click));
}
