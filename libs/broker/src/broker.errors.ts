import { CodedError } from '@app/world';

export type BrokerErrorCode =
  | 'broker-no-responders'
  | 'broker-timeout'
  | 'broker-disconnected'
  | 'broker-key-exists'
  | 'broker-revision-conflict'
  | 'broker-sequence-conflict'
  | 'broker-invalid-subject'
  | 'broker-payload-too-large'
  | 'broker-object-corrupt'
  | 'broker-unavailable';

const RETRYABLE: ReadonlySet<BrokerErrorCode> = new Set([
  'broker-no-responders',
  'broker-timeout',
  'broker-disconnected',
  'broker-unavailable',
]);

/** What can go wrong between a role and the broker. */
export class BrokerError extends CodedError {
  declare readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, RETRYABLE.has(code), options);
    this.name = 'BrokerError';
  }
}
