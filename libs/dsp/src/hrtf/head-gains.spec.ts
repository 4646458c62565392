import { describe, expect, it } from '@jest/globals';
import { BANDS_HZ, MEASURED, SPEECH_DB } from './head-measured.fixture.js';
import { EAR_WORDS, FAR_EAR_WORDS, placeFarEars, placeNearEars } from './hrtf-model.js';
import { direction, levelsDb, planeResponses, sphere } from './plane-responses.fixture.js';

const bands = BANDS_HZ.map((hz) => planeResponses(hz));
/** From 20 Hz to close to half the sample rate. */
const everywhere = Array.from({ length: 120 }, (_, index) => planeResponses(20 * 1_195 ** (index / 119)));
const speechPower = SPEECH_DB.map((db) => 10 ** (db / 10));
const speechTotal = speechPower.reduce((sum, power) => sum + power, 0);

type Direction = [number, number, number];

/** Gains of the left and the right ear's planes, two metres away. */
function nearGains([x, y, z]: Direction): [Float64Array, Float64Array] {
  const words = new Float64Array(EAR_WORDS);
  placeNearEars(x, y, z, 2, words, 0);
  return [words.slice(2, 6), words.slice(6)];
}

function farGains([x, y, z]: Direction): [Float64Array, Float64Array] {
  const words = new Float64Array(FAR_EAR_WORDS);
  placeFarEars(x, y, z, words, 0);
  return [words.slice(2, 4), words.slice(4)];
}

/** Level of speech in dB when it comes through with these levels in each band. */
function speechDb(levels: readonly number[]): number {
  const power = levels.reduce((sum, db, band) => sum + speechPower[band] * 10 ** (db / 10), 0);
  return 10 * Math.log10(power / speechTotal);
}

function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

/** Level difference of right ear over left, in dB. */
function interauralDb(azimuth: number, hz: number): number {
  const [left, right] = nearGains(direction(azimuth, 0)).map((gains) => levelsDb(gains, [planeResponses(hz)])[0]);
  return right - left;
}

function rightLevels(azimuth: number, elevation: number): number[] {
  return levelsDb(nearGains(direction(azimuth, elevation))[1], bands);
}

function measuredLevels(azimuth: number, elevation: number): readonly number[] {
  const row = MEASURED.find((row) => row[0] === (azimuth + 360) % 360 && row[1] === elevation);
  if (!row) throw new Error(`nothing was measured at ${azimuth} ${elevation}`);
  return row.slice(2);
}

describe('the head', () => {
  it('sounds as measured: spectra of the right ear within 2 dB on average and 4 dB in the worst direction', () => {
    const errors = MEASURED.map(([azimuth, elevation, ...measured]) => {
      return rms(rightLevels(azimuth, elevation).map((level, band) => level - measured[band]));
    });
    expect(rms(errors)).toBeLessThan(2);
    expect(Math.max(...errors)).toBeLessThan(4);
  });

  it('is as loud as measured, for speech from each direction at each ear within 1 dB', () => {
    for (const [azimuth, elevation, ...measured] of MEASURED) {
      expect(Math.abs(speechDb(rightLevels(azimuth, elevation)) - speechDb(measured))).toBeLessThan(1);
    }
  });

  it('keeps the loudness and colour of a voice straight ahead', () => {
    const levels = rightLevels(0, 0);
    expect(Math.abs(speechDb(levels))).toBeLessThan(0.5);
    levels.forEach((level, band) => {
      if (BANDS_HZ[band] <= 5_000) expect(Math.abs(level)).toBeLessThan(3);
    });
  });

  it('shades the ear behind it, high frequencies more than low ones', () => {
    const levels = [300, 1_500, 6_000].map((hz) => {
      return levelsDb(nearGains(direction(90, 0))[0], [planeResponses(hz)])[0];
    });
    expect(levels[0]).toBeGreaterThan(-4);
    expect(levels[1]).toBeLessThan(levels[0]);
    expect(levels[2]).toBeLessThan(-8);
  });

  it('makes a level difference between the ears that grows with the frequency and with the angle', () => {
    for (const azimuth of [30, 60, 90]) {
      const differences = [300, 2_000, 6_000].map((hz) => interauralDb(azimuth, hz));
      expect(differences[0]).toBeGreaterThan(1);
      expect(differences[1]).toBeGreaterThan(differences[0]);
      expect(differences[2]).toBeGreaterThan(differences[1]);
    }
    expect(interauralDb(15, 300)).toBeLessThan(interauralDb(60, 300));
  });

  it('tells behind from ahead by at least 3 dB between 3 and 12 kHz', () => {
    const upper = BANDS_HZ.flatMap((hz, band) => (hz >= 3_000 && hz <= 12_000 ? [band] : []));
    const [ahead, behind] = [rightLevels(45, 0), rightLevels(135, 0)];
    expect(rms(upper.map((band) => behind[band] - ahead[band]))).toBeGreaterThan(3);
  });

  it('tells above from ahead in the bands in which the measured head does, in the same direction', () => {
    for (const azimuth of [0, 45, 90, 180]) {
      const measured = measuredLevels(azimuth, 40).map((level, band) => level - measuredLevels(azimuth, 0)[band]);
      const ahead = rightLevels(azimuth, 0);
      const changes = rightLevels(azimuth, 40).map((level, band) => level - ahead[band]);
      measured.forEach((change, band) => {
        if (Math.abs(change) >= 4) expect(Math.sign(changes[band])).toBe(Math.sign(change));
      });
    }
    expect(Math.max(...rightLevels(0, 40).map((level, band) => level - rightLevels(0, 0)[band]))).toBeGreaterThan(4);
  });

  it('never makes any frequency louder than 8 dB, near or far, and keeps low frequencies from every direction', () => {
    for (const place of sphere(5)) {
      const levels = levelsDb(nearGains(place)[1], everywhere);
      expect(Math.max(...levels, ...levelsDb(farGains(place)[1], everywhere))).toBeLessThan(8);
      expect(levels[0]).toBeGreaterThan(-6);
    }
  });

  it('lets speech be as loud far as near within 0.5 dB, at each ear and from each direction', () => {
    for (const place of sphere(5)) {
      const near = speechDb(levelsDb(nearGains(place)[1], bands));
      const far = speechDb(levelsDb(farGains(place)[1], bands));
      expect(Math.abs(near - far)).toBeLessThan(0.5);
    }
  });
});
