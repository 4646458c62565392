export { AssetStoreError, type AssetStoreErrorCode } from './assets.errors.js';
export { type AssetStoreSettings, assetStoreSettings } from './asset-store.settings.js';
export type { BlobStore } from './blob-store.js';
export { openBlobStore } from './open-blob-store.js';
export {
  type BlobSource,
  type ContentHash,
  corrupt,
  hashOf,
  isContentHash,
  mismatch,
  sourceOfBytes,
  sourceOfFile,
  verified,
} from './content-hash.js';
export { ASSET_RECORDS, type AssetRecord, storedBytesOf, type Variant } from './asset-record.js';
export { ASSET_TYPES, type AssetType, announcedType, sniffedType } from './asset-type.js';
export { SNIFF_BYTES } from './sniff.js';
export {
  ASSET_PATHS,
  currentOf,
  type PathForm,
  type PathRecord,
  type PathVersion,
  withVersion,
} from './path-record.js';
export { RecordBucket } from './record-bucket.js';
