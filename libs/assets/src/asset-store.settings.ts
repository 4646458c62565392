import { defineSettings, type SettingsOf } from '@app/settings';

/** Where the files of a domain lie; whoever reads them in the store itself must be told the same as the asset-servers. */
export const assetStoreSettings = defineSettings({
  assetStore: {
    type: 'choice',
    choices: ['broker', 'folder', 's3'],
    default: 'broker',
    help: 'Where files lie: in the broker’s object store, in a folder (assetStoreDir), or in a bucket of S3 or something that speaks its protocol.',
  },
  assetStoreDir: {
    type: 'string',
    help: 'Folder of files, with assetStore=folder. Several asset-servers may share it.',
  },
  s3Bucket: {
    type: 'string',
    pattern: /^[a-z0-9.-]{3,63}$/,
    help: 'Name of the bucket, with assetStore=s3. It must exist.',
  },
  s3Region: { type: 'string', pattern: /^[a-z0-9-]{1,32}$/, default: 'us-east-1', help: 'Region of the bucket.' },
  s3Endpoint: {
    type: 'string',
    pattern: /^https?:\/\/[^\s]+$/,
    help: 'URL of the service, when it is not Amazon’s.',
  },
  s3Prefix: {
    type: 'string',
    pattern: /^[A-Za-z0-9_./-]{0,128}$/,
    default: '',
    help: 'Begins the names of our objects.',
  },
  s3AccessKeyId: {
    type: 'string',
    isSecret: true,
    help: 'Without it, credentials come from where the AWS SDK finds them: environment, files, the role of the machine.',
  },
  s3SecretAccessKey: { type: 'string', isSecret: true, help: 'Belongs to s3AccessKeyId.' },
});

export type AssetStoreSettings = SettingsOf<typeof assetStoreSettings>;
