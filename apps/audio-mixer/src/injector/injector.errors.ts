import { CodedError } from '@app/world';

export type SoundErrorCode =
  | 'sound-url-refused'
  | 'sound-not-found'
  | 'sound-too-large'
  | 'sound-too-long'
  | 'sound-format-unknown'
  | 'sound-broken'
  | 'sound-decoder-stuck'
  | 'sound-memory-full'
  | 'sound-unavailable';

const RETRYABLE: ReadonlySet<SoundErrorCode> = new Set(['sound-not-found', 'sound-memory-full', 'sound-unavailable']);

/** Why a sound in the world is not heard. */
export class SoundError extends CodedError {
  declare readonly code: SoundErrorCode;

  constructor(code: SoundErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, RETRYABLE.has(code), options);
    this.name = 'SoundError';
  }
}
