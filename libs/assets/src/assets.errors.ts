import { CodedError } from '@app/world';

export type AssetStoreErrorCode =
  'asset-corrupt' | 'asset-hash-mismatch' | 'asset-busy' | 'asset-store-unavailable' | 'asset-store-misconfigured';

const RETRYABLE: ReadonlySet<AssetStoreErrorCode> = new Set(['asset-busy', 'asset-store-unavailable']);

/** Why a store of files does not take, or give, a file or what is known of it. */
export class AssetStoreError extends CodedError {
  declare readonly code: AssetStoreErrorCode;

  constructor(code: AssetStoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, RETRYABLE.has(code), options);
    this.name = 'AssetStoreError';
  }
}
