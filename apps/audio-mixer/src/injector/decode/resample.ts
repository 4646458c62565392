/** Zeros of the sinc on each side of its middle: -90 dB beside the band, which 16 bits hardly hold. */
const ZEROS = 16;
/** Share of the band that is kept, so that what is left of the rest falls where nobody hears. */
const BAND = 0.94;
/** Places between two samples for which the kernel is worked out; those between them are interpolated. */
const PHASES = 256;

/**
 * The same sound at another rate. What comes before the beginning is taken to be the end, and its length is made a whole
 * number of samples (by less than one sample in all), so that a sound that can be repeated stays one.
 *
 * @param frames      mono samples, at least one
 * @param fromRateHz  of `frames`
 * @param toRateHz    of the result
 */
export function resample(
  frames: Int16Array<ArrayBuffer>,
  fromRateHz: number,
  toRateHz: number,
): Int16Array<ArrayBuffer> {
  if (fromRateHz === toRateHz) return frames;
  const result = new Int16Array(Math.max(1, Math.round((frames.length * toRateHz) / fromRateHz)));
  const step = frames.length / result.length;
  const cutoff = BAND * Math.min(1, toRateHz / fromRateHz);
  const half = Math.ceil(ZEROS / cutoff);
  const kernel = createKernel(cutoff, half);
  const around = wrapAround(frames, half + 1);
  const taps = 2 * half;
  for (let index = 0; index < result.length; index++) {
    const place = index * step;
    const whole = Math.floor(place);
    const phase = (place - whole) * PHASES;
    const row = Math.floor(phase);
    const share = phase - row;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const at = row * taps + tap;
      sum += around[whole + tap + 2] * (kernel[at] + share * (kernel[at + taps] - kernel[at]));
    }
    result[index] = sum > 32_767 ? 32_767 : sum < -32_768 ? -32_768 : Math.round(sum);
  }
  return result;
}

/** A windowed sinc for each phase, as weights of the samples from `half - 1` before the place to `half` after it. */
function createKernel(cutoff: number, half: number): Float32Array {
  const taps = 2 * half;
  const kernel = new Float32Array((PHASES + 1) * taps);
  for (let phase = 0; phase <= PHASES; phase++) {
    const row = kernel.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (half - 1) - phase / PHASES;
      row[tap] = sinc(cutoff * distance) * window(distance / half);
      sum += row[tap];
    }
    // A constant stays what it is, whatever the phase.
    for (let tap = 0; tap < taps; tap++) row[tap] /= sum;
  }
  return kernel;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Blackman's window; 0 from 1 on. */
function window(x: number): number {
  return Math.abs(x) >= 1 ? 0 : 0.42 + 0.5 * Math.cos(Math.PI * x) + 0.08 * Math.cos(2 * Math.PI * x);
}

/** The samples with the end before them and the beginning behind them. */
function wrapAround(frames: Int16Array, margin: number): Int16Array {
  const { length } = frames;
  const around = new Int16Array(length + 2 * margin);
  around.set(frames, margin);
  for (let index = 0; index < margin; index++) {
    around[margin - 1 - index] = frames[length - 1 - (index % length)];
    around[margin + length + index] = frames[index % length];
  }
  return around;
}
