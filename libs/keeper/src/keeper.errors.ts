import { CodedError } from '@app/world';

export type KeeperErrorCode =
  | 'world-exists'
  | 'worlds-too-many'
  | 'world-restless'
  | 'moment-unknown'
  | 'snapshot-exists'
  | 'world-settings-too-large'
  | 'asset-missing';

/** Why something cannot be done with a whole world. Trying again at once would fail again. */
export class KeeperError extends CodedError {
  declare readonly code: KeeperErrorCode;

  constructor(code: KeeperErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, false, options);
    this.name = 'KeeperError';
  }
}
