import { resolve } from 'node:path';
import type { Broker } from '@app/broker';
import type { AssetStoreSettings } from './asset-store.settings.js';
import { AssetStoreError } from './assets.errors.js';
import type { BlobStore } from './blob-store.js';
import { DirectoryBlobStore } from './directory-blob-store.js';
import { ObjectBlobStore } from './object-blob-store.js';

/** The store that the operator has chosen. Fails with `asset-store-misconfigured` when a setting that it needs is missing. */
export async function openBlobStore(settings: AssetStoreSettings, broker: Broker): Promise<BlobStore> {
  if (settings.assetStore === 'folder') {
    return DirectoryBlobStore.open(resolve(needed(settings.assetStoreDir, 'assetStoreDir', 'folder')));
  }
  if (settings.assetStore === 's3') {
    const { s3Region: region, s3Endpoint: endpoint, s3Prefix: prefix, s3AccessKeyId, s3SecretAccessKey } = settings;
    const bucket = needed(settings.s3Bucket, 's3Bucket', 's3');
    const credentials = s3AccessKeyId
      ? { accessKeyId: s3AccessKeyId, secretAccessKey: needed(s3SecretAccessKey, 's3SecretAccessKey', 's3') }
      : undefined;
    // Amazon's SDK is large: who does not use it does not load it.
    const { S3BlobStore } = await import('./s3-blob-store.js');
    return new S3BlobStore({ bucket, region, endpoint, prefix, credentials });
  }
  return ObjectBlobStore.open(broker);
}

function needed(value: string | undefined, name: string, store: string): string {
  if (value) return value;
  throw new AssetStoreError('asset-store-misconfigured', `The store ${store} needs the setting ${name}.`);
}
