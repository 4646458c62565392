import { CodedError } from '@app/world';

export type AssetStoreErrorCode =
  'asset-corrupt' | 'asset-hash-mismatch' | 'asset-store-unavailable' | 'asset-store-misconfigured';

/** Why a store of files does not take, or give, a file. */
export class AssetStoreError extends CodedError {
  declare readonly code: AssetStoreErrorCode;

  constructor(code: AssetStoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, code === 'asset-store-unavailable', options);
    this.name = 'AssetStoreError';
  }
}
