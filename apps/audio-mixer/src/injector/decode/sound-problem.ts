/** Why a file is no sound that can be played. */
export type SoundProblemCode = 'sound-format-unknown' | 'sound-broken' | 'sound-too-long';

/** A file that cannot be decoded. It passes from the thread that decodes to the one that mixes, so it is plain. */
export class SoundProblem extends Error {
  constructor(
    readonly code: SoundProblemCode,
    message: string,
  ) {
    super(message);
  }
}
