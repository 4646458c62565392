// Taken out of the global object once: in a sandbox, as of tests, each look there is dear.
const { PI, cos, exp, floor, max, min, round, sin } = Math;

/**
 * Something that an Opus encoder takes for a voice: pulses of a larynx with a wandering pitch, through three formants
 * that move from vowel to vowel, with a little breath, and syllables about four times a second but never a pause.
 */
export function synthesiseVoice(seed: number, frames: number, rateHz = 48_000): Int16Array {
  const chance = seeded(seed);
  const pitchHz = 90 + 130 * chance();
  const vowels = Array.from({ length: 24 }, () => [
    300 + 500 * chance(),
    900 + 1_400 * chance(),
    2_300 + 900 * chance(),
  ]);
  const syllableFrames = round(rateHz * (0.2 + 0.1 * chance()));
  const states = [0, 1, 2].map(() => ({ y1: 0, y2: 0 }));
  const samples = new Int16Array(frames);
  let phase = 0;
  for (let n = 0; n < frames; n++) {
    const syllable = n / syllableFrames;
    const share = syllable % 1;
    const from = vowels[floor(syllable) % vowels.length];
    const to = vowels[(floor(syllable) + 1) % vowels.length];
    phase += (pitchHz * (1 + 0.12 * sin((2 * PI * 0.7 * n) / rateHz + seed))) / rateHz;
    const isPulse = phase >= 1;
    if (isPulse) phase -= 1;
    const excitation = (isPulse ? 1 : 0) + 0.01 * (chance() - 0.5);
    let voice = 0;
    for (let formant = 0; formant < 3; formant++) {
      const state = states[formant];
      const hz = from[formant] + share * (to[formant] - from[formant]);
      const radius = exp((-PI * (60 + 40 * formant)) / rateHz);
      const turn = 2 * radius * cos((2 * PI * hz) / rateHz);
      const value = excitation + turn * state.y1 - radius * radius * state.y2;
      state.y2 = state.y1;
      state.y1 = value;
      voice += value / (1 + formant);
    }
    const loudness = 0.55 - 0.45 * cos(2 * PI * share);
    samples[n] = max(-32_000, min(32_000, voice * loudness * 400));
  }
  return samples;
}

/** Seeded chance in [0, 1). */
export function seeded(seed: number): () => number {
  let state = (seed * 7_919 + 17) % 2_147_483_647 || 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
