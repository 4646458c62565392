import { CodedError } from '@app/world';

export type MediaErrorCode =
  | 'answer-malformed'
  | 'answer-unsupported'
  | 'offer-malformed'
  | 'offer-unsupported'
  | 'media-unavailable'
  | 'media-closed'
  | 'media-worker-missing';

const RETRYABLE: ReadonlySet<MediaErrorCode> = new Set(['media-unavailable', 'media-closed']);

/** What can go wrong between a client's WebRTC stack and ours. */
export class MediaError extends CodedError {
  declare readonly code: MediaErrorCode;

  constructor(code: MediaErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, RETRYABLE.has(code), options);
    this.name = 'MediaError';
  }
}
