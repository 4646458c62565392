import { BLOCK_FRAMES, SAMPLE_RATE_HZ } from '@app/world';
import { ReferenceBasisFilters } from '../mix/reference-basis-filters.js';

/** Blocks until all filters have fallen silent: 100 ms. */
const BLOCKS = 5;

/** What the four planes of a source are when it says one sample of 1. */
function impulseResponses(): Float64Array[] {
  const filters = new ReferenceBasisFilters();
  const responses = Array.from({ length: 4 }, () => new Float64Array(BLOCKS * BLOCK_FRAMES));
  for (let block = 0; block < BLOCKS; block++) {
    const input = new Float32Array(BLOCK_FRAMES);
    if (block === 0) input[0] = 1;
    const [plane0, ...planes] = responses.map((plane) =>
      plane.subarray(block * BLOCK_FRAMES, (block + 1) * BLOCK_FRAMES),
    );
    plane0.set(input);
    filters.process(input, planes);
  }
  return responses;
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
