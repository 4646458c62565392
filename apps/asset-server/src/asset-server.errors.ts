import { AssetStoreError, type AssetStoreErrorCode } from '@app/assets';
import { CodedError } from '@app/world';

export type AssetErrorCode =
  | AssetStoreErrorCode
  | 'asset-request-invalid'
  | 'asset-unknown'
  | 'asset-type-refused'
  | 'asset-type-mismatch'
  | 'asset-too-large'
  | 'asset-quota-full'
  | 'asset-in-use'
  | 'asset-path-invalid'
  | 'asset-path-unknown'
  | 'asset-path-taken'
  | 'asset-paths-full'
  | 'asset-version-unknown'
  | 'upload-ticket-invalid'
  | 'upload-not-allowed'
  | 'upload-unknown'
  | 'upload-offset-wrong'
  | 'upload-rate-limited'
  | 'upload-spool-full'
  | 'optimise-failed';

const HTTP_STATUS: Readonly<Record<AssetErrorCode, number>> = {
  'asset-request-invalid': 400,
  'asset-unknown': 404,
  'asset-corrupt': 500,
  'asset-hash-mismatch': 422,
  'asset-type-refused': 415,
  'asset-type-mismatch': 422,
  'asset-too-large': 413,
  'asset-quota-full': 507,
  'asset-in-use': 409,
  'asset-path-invalid': 400,
  'asset-path-unknown': 404,
  'asset-path-taken': 403,
  'asset-paths-full': 507,
  'asset-busy': 409,
  'asset-version-unknown': 404,
  'asset-store-misconfigured': 500,
  'asset-store-unavailable': 503,
  'upload-ticket-invalid': 401,
  'upload-not-allowed': 403,
  'upload-unknown': 404,
  'upload-offset-wrong': 409,
  'upload-rate-limited': 429,
  'upload-spool-full': 503,
  'optimise-failed': 500,
};

/** How long to wait before the same request is worth another try, in ms; the others are not. */
const RETRY_AFTER_MS: Readonly<Partial<Record<AssetErrorCode, number>>> = {
  'asset-busy': 500,
  'asset-store-unavailable': 1_000,
  'upload-offset-wrong': 100,
  'upload-rate-limited': 10_000,
  'upload-spool-full': 10_000,
};

/** Why a file was not taken, or not given. */
export class AssetError extends CodedError {
  declare readonly code: AssetErrorCode;

  constructor(code: AssetErrorCode, message: string, options?: { cause?: unknown }) {
    super(code, message, code in RETRY_AFTER_MS, options);
    this.name = 'AssetError';
  }

  /** What the store of files says, in words that have an HTTP status; undefined for what nobody has expected. */
  static of(error: unknown): AssetError | undefined {
    if (error instanceof AssetError) return error;
    return error instanceof AssetStoreError ? new AssetError(error.code, error.message, { cause: error }) : undefined;
  }

  /** In ms; 0 means that asking again is useless. */
  get retryAfterMs(): number {
    return RETRY_AFTER_MS[this.code] ?? 0;
  }

  get httpStatus(): number {
    return HTTP_STATUS[this.code];
  }
}
