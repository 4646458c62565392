/**
 * What sound a client sends and wants: Opus at 48 kHz in packets of 20 ms, of 10 ms, or samples of 10 ms at 24 kHz. In the
 * order of the wire's enum SoundFormat.
 */
export const SOUND_FORMATS = ['opus-20', 'opus-10', 'pcm24-10'] as const;

export type SoundFormat = (typeof SOUND_FORMATS)[number];
