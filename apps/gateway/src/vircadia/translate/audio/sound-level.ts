/** Every so many samples are looked at: loudness needs no more. */
const STEP_BYTES = 8;
const FULL_SCALE = 32_768;
/** -dBov of silence. */
export const LEVEL_SILENT = 127;

/** Loudness of 16-bit samples, little-endian: -dBov as in RFC 6464, 0 (loudest) to 127 (silence). */
export function audioLevelOf(pcm: Uint8Array): number {
  let energy = 0;
  let count = 0;
  for (let at = 0; at + 1 < pcm.length; at += STEP_BYTES) {
    const sample = ((pcm[at] | (pcm[at + 1] << 8)) << 16) >> 16;
    energy += sample * sample;
    count++;
  }
  if (energy === 0) return LEVEL_SILENT;
  const dB = 10 * Math.log10(energy / count / (FULL_SCALE * FULL_SCALE));
  return Math.max(0, Math.min(LEVEL_SILENT, Math.round(-dB)));
}
