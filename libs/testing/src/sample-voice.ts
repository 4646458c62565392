const RATE_HZ = 48_000;
/** Everything in it comes back after so many seconds, so that it can be repeated without a seam. */
const PERIOD_S = 10;
const HARMONICS = 8;
const FULL_SCALE = 32_768;

let period: Int16Array | undefined;

/**
 * Something that a codec takes for a voice and that is never silent, as 16-bit samples at 48 kHz: harmonics of a wandering
 * pitch around 130 Hz with changing weights, and a breath of noise. It repeats itself every ten seconds without a seam.
 *
 * @param from  first sample
 */
export function sampleVoice(frames: number, from = 0): Int16Array {
  const once = (period ??= makePeriod());
  const samples = new Int16Array(frames);
  for (let n = 0; n < frames; n++) samples[n] = once[(from + n) % once.length];
  return samples;
}

function makePeriod(): Int16Array {
  const samples = new Int16Array(PERIOD_S * RATE_HZ);
  const weights = new Float64Array(HARMONICS + 1);
  let phase = 0;
  let chance = 1;
  for (let n = 0; n < samples.length; n++) {
    if (n % 240 === 0) {
      for (let at = 1; at <= HARMONICS; at++) weights[at] = (1.1 + swing(n, 5 * (1 + (at % 3)), at)) / at;
    }
    phase += (2 * Math.PI * (130 + 25 * swing(n, 6, 0))) / RATE_HZ;
    let voice = 0;
    for (let at = 1; at <= HARMONICS; at++) voice += weights[at] * Math.sin(at * phase);
    chance = (chance * 48_271) % 2_147_483_647;
    const breath = 0.002 * (chance / 2_147_483_647 - 0.5);
    samples[n] = FULL_SCALE * (0.18 * (0.6 + 0.4 * swing(n, 14, 1)) * voice + breath);
  }
  return samples;
}

/** A sine with so many turns in the period. */
function swing(n: number, turns: number, offset: number): number {
  return Math.sin((2 * Math.PI * turns * n) / (PERIOD_S * RATE_HZ) + offset);
}
