import type { SoundFormat } from '../../../session/client-channel.js';

/** How a client's sound is coded, both ways. */
export interface SoundChoice {
  /** Its name in packets. */
  readonly codec: string;
  /** What mixes have to be. */
  readonly format: SoundFormat;
}

const CHOICES: Readonly<Record<string, SoundChoice>> = {
  opus: { codec: 'opus', format: 'opus-10' },
  pcm: { codec: 'pcm', format: 'pcm24-10' },
  // Samples, compressed packet by packet on this side: dear, and only for those who know nothing else.
  zlib: { codec: 'zlib', format: 'pcm24-10' },
};

/** Before anything has been chosen. */
export const PLAIN_SOUND: SoundChoice = CHOICES.pcm;
/** Opus first, because it needs a tenth of what samples need on the way, and sounds better on a bad one. */
const PREFERENCE = ['opus', 'pcm', 'zlib'] as const;

/** The best of what a client offers; samples, which everybody knows, when it offers nothing that is known here. */
export function chooseSound(offered: readonly string[]): SoundChoice {
  const name = PREFERENCE.find((codec) => offered.includes(codec) || (codec === 'pcm' && offered.includes('')));
  return name === undefined ? PLAIN_SOUND : CHOICES[name];
}
