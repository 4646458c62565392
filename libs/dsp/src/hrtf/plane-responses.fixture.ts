import { SAMPLE_RATE_HZ } from '@app/world';
import { ShadowLowpass } from '../head-shadow.js';
import { resonatorCoefficients } from './basis-filters.js';

const FRAMES = 4_096;

/** What the four planes of a source are when it says one sample of 1. */
function impulseResponses(): Float64Array[] {
  const impulse = new Float32Array(FRAMES);
  impulse[0] = 1;
  const low = new Float32Array(FRAMES);
  new ShadowLowpass().process(impulse, low, 0, FRAMES);
  const { a1, a2, a3, bandGain } = resonatorCoefficients();
  const [band, resonatorLow] = [new Float64Array(FRAMES), new Float64Array(FRAMES)];
  let [ic1, ic2] = [0, 0];
  for (let frame = 0; frame < FRAMES; frame++) {
    const v3 = impulse[frame] - ic2;
    const v1 = a1 * ic1 + a2 * v3;
    const v2 = ic2 + a2 * ic1 + a3 * v3;
    ic1 = 2 * v1 - ic1;
    ic2 = 2 * v2 - ic2;
    band[frame] = bandGain * v1;
    resonatorLow[frame] = v2;
  }
  return [Float64Array.from(impulse), Float64Array.from(low), band, resonatorLow];
}

const planes = impulseResponses();

/** Response of each plane at a frequency: real and imaginary part. */
export function planeResponses(hz: number): [number, number][] {
  const step = (2 * Math.PI * hz) / SAMPLE_RATE_HZ;
  return planes.map((plane) => {
    let [real, imaginary] = [0, 0];
    plane.forEach((value, frame) => {
      real += value * Math.cos(step * frame);
      imaginary -= value * Math.sin(step * frame);
    });
    return [real, imaginary];
  });
}

/** Level in dB at each of the frequencies whose responses are given, of a sum of planes with these gains. */
export function levelsDb(gains: ArrayLike<number>, responses: [number, number][][]): number[] {
  return responses.map((planes) => {
    let [real, imaginary] = [0, 0];
    for (let plane = 0; plane < gains.length; plane++) {
      real += gains[plane] * planes[plane][0];
      imaginary += gains[plane] * planes[plane][1];
    }
    return 20 * Math.log10(Math.hypot(real, imaginary));
  });
}

/** Azimuth to the right of straight ahead, elevation upwards, both in degrees; gives x right, y up, z back. */
export function direction(azimuthDegrees: number, elevationDegrees: number): [number, number, number] {
  const azimuth = (azimuthDegrees / 180) * Math.PI;
  const elevation = (elevationDegrees / 180) * Math.PI;
  const level = Math.cos(elevation);
  return [Math.sin(azimuth) * level, Math.sin(elevation), -Math.cos(azimuth) * level];
}

/** Directions over the whole sphere, `stepDegrees` apart in azimuth and elevation. */
export function* sphere(stepDegrees: number): Generator<[number, number, number]> {
  for (let elevation = -90; elevation <= 90; elevation += stepDegrees) {
    for (let azimuth = -180; azimuth < 180; azimuth += stepDegrees) yield direction(azimuth, elevation);
  }
}
